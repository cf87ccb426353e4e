"""`python -m tests.core.jobs.postman URL PORT`: a worker process that sends mail until it is killed."""

import sys
import threading
from datetime import UTC, datetime

from core.adapters.mail import Smtp, SmtpSettings
from core.jobs.mail import MailDesk
from core.jobs.outside import Outside
from core.store.database import Database

if __name__ == "__main__":
    post = Smtp(SmtpSettings("127.0.0.1", int(sys.argv[2]), starttls=False, timeout_s=60))
    desk = MailDesk(post, "shop@example.org")
    Outside(Database(sys.argv[1]), desk, lambda: datetime.now(UTC), 0.05).run(threading.Event())
