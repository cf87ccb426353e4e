"""Names of customers and colleagues, as diverse as a street in Lyon: French, Arabic in both scripts, and neighbours."""

import random

FIRST_NAMES = (
    "Camille", "Léa", "Chloé", "Inès", "Manon", "Louise", "Zoé", "Agathe", "Hélène", "Noémie", "Margaux", "Élise",
    "Hugo", "Lucas", "Jules", "Gaël", "François", "Théo", "Rémi", "Benoît", "Amina", "Yasmine", "Karim", "Mehdi",
    "Giulia", "Lorenzo", "Jonas", "Anke", "Marta", "Iker", "Sofie", "Pieter",
)  # fmt: skip
LAST_NAMES = (
    "Martin", "Bernard", "Dubois", "Lefèvre", "Moreau", "Girard", "Faure", "Chevalier", "Benali", "Haddad", "Mansouri",
    "Nguyen", "Da Silva", "Rossi", "Schmitt", "Janssens", "García", "Müller", "Roche", "Vidal", "Perrin", "Colin",
)  # fmt: skip
ARABIC_NAMES = (
    "أمينة بن علي", "يوسف المنصوري", "ليلى حداد", "كريم الشريف", "سارة بوزيد", "محمد العلوي", "نور الدين قاسم",
    "هدى السعيد", "عمر بلقاسم", "فاطمة الزهراء",
)  # fmt: skip
GIFT_MESSAGES = (
    "Joyeux anniversaire Maman, avec tout notre amour. Les enfants",
    "Félicitations pour votre nouvelle maison !",
    "Happy birthday, see you on Sunday.",
    "عيد ميلاد سعيد يا جدتي",
    "Merci pour tout. À très vite, Claire",
)


def full_name(rng: random.Random) -> str:
    """One in nine is written in Arabic script."""
    if rng.random() < 1 / 9:
        return rng.choice(ARABIC_NAMES)
    return f"{rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES)}"


def email_of(number: int) -> str:
    """example.org never delivers."""
    return f"customer{number}@example.org"


def phone(rng: random.Random, country: str) -> str:
    """Numbers of ranges that are kept free for fiction in France; invented ones elsewhere."""
    if country == "FR":
        return f"+33 6 39 98 {rng.randint(0, 99):02} {rng.randint(0, 99):02}"
    prefix = {"BE": "+32", "CH": "+41", "LU": "+352", "DE": "+49", "ES": "+34", "IT": "+39"}.get(country, "+33")
    return f"{prefix} 555 {rng.randint(0, 999):03} {rng.randint(0, 999):03}"
