import resource
import subprocess
import sys

LOOK = """
import resource
resource.setrlimit(resource.RLIMIT_NOFILE, (256, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
from core.http.serving import allow_files
print(allow_files(), *resource.getrlimit(resource.RLIMIT_NOFILE))
"""


def test_the_core_may_open_as_many_files_as_the_operator_allows():
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    said = subprocess.run([sys.executable, "-c", LOOK], capture_output=True, text=True, check=True).stdout
    assert said.split() == [str(hard)] * 3
