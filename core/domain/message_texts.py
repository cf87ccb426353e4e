"""What customers are sent where a division wrote no text of its own: each kind in each language."""

from collections.abc import Mapping
from typing import Final

from core.domain.messages import Template

_PLACE_EN: Final = "{store}\n{address}\n{hours}"
BUILT_IN: Final[Mapping[tuple[str, str], Template]] = {
    ("ready", "en"): Template(
        "{brand}: your order {order_number} is ready",
        "Hello {customer_name},\n\nyour order {order_number} is ready. Please collect it by {pick_up_by}.\n\n"
        f"{_PLACE_EN}\n\n"
        "Your pick-up code: {pick_up_code}\nShow it at the desk.\n\n{brand}",
    ),
    ("ready", "fr"): Template(
        "{brand} : votre commande {order_number} est prête",
        "Bonjour {customer_name},\n\nvotre commande {order_number} est prête. Venez la retirer au plus tard le"
        f" {{pick_up_by}}.\n\n{_PLACE_EN}\n\n"
        "Votre code de retrait : {pick_up_code}\nPrésentez-le au comptoir.\n\n{brand}",
    ),
    ("ready", "ar"): Template(
        "{brand}: طلبك {order_number} جاهز",
        "مرحبًا {customer_name}،\n\nطلبك {order_number} جاهز. يُرجى استلامه في موعد أقصاه {pick_up_by}.\n\n"
        f"{_PLACE_EN}\n\n"
        "رمز الاستلام: {pick_up_code}\nأظهره عند مكتب الاستلام.\n\n{brand}",
    ),
    ("reminder", "en"): Template(
        "{brand}: your order {order_number} still waits for you",
        "Hello {customer_name},\n\nyour order {order_number} still waits for you. We keep it until {pick_up_by}.\n\n"
        f"{_PLACE_EN}\n\n"
        "Your pick-up code: {pick_up_code}\n\n{brand}",
    ),
    ("reminder", "fr"): Template(
        "{brand} : votre commande {order_number} vous attend toujours",
        "Bonjour {customer_name},\n\nvotre commande {order_number} vous attend toujours. Nous la gardons jusqu’au"
        f" {{pick_up_by}}.\n\n{_PLACE_EN}\n\n"
        "Votre code de retrait : {pick_up_code}\n\n{brand}",
    ),
    ("reminder", "ar"): Template(
        "{brand}: طلبك {order_number} ما زال في انتظارك",
        "مرحبًا {customer_name}،\n\nطلبك {order_number} ما زال في انتظارك. نحتفظ به حتى {pick_up_by}.\n\n"
        f"{_PLACE_EN}\n\n"
        "رمز الاستلام: {pick_up_code}\n\n{brand}",
    ),
    ("locker", "en"): Template(
        "{brand}: your order {order_number} is in the locker",
        "Hello {customer_name},\n\nyour order {order_number} is in compartment {compartment} of the locker. Please"
        f" collect it by {{pick_up_by}}.\n\n{_PLACE_EN}\n\n"
        "The locker opens with this code: {locker_code}\n\n{brand}",
    ),
    ("locker", "fr"): Template(
        "{brand} : votre commande {order_number} est dans la consigne",
        "Bonjour {customer_name},\n\nvotre commande {order_number} est dans le casier {compartment} de la consigne."
        f" Retirez-la au plus tard le {{pick_up_by}}.\n\n{_PLACE_EN}\n\n"
        "Le casier s’ouvre avec ce code : {locker_code}\n\n{brand}",
    ),
    ("locker", "ar"): Template(
        "{brand}: طلبك {order_number} في الخزانة",
        "مرحبًا {customer_name}،\n\nطلبك {order_number} في الخانة {compartment} من الخزانة. يُرجى استلامه في موعد"
        f" أقصاه {{pick_up_by}}.\n\n{_PLACE_EN}\n\n"
        "تُفتح الخزانة بهذا الرمز: {locker_code}\n\n{brand}",
    ),
    ("expired", "en"): Template(
        "{brand}: your order {order_number} was not collected",
        "Hello {customer_name},\n\nyour order {order_number} was not collected in time. It goes back to the shop, and"
        " what you paid is refunded.\n\n{brand}",
    ),
    ("expired", "fr"): Template(
        "{brand} : votre commande {order_number} n’a pas été retirée",
        "Bonjour {customer_name},\n\nvotre commande {order_number} n’a pas été retirée à temps. Elle retourne en rayon"
        " et ce que vous avez payé vous est remboursé.\n\n{brand}",
    ),
    ("expired", "ar"): Template(
        "{brand}: لم يُستلم طلبك {order_number}",
        "مرحبًا {customer_name}،\n\nلم يُستلم طلبك {order_number} في الوقت المحدد. سيعود إلى المتجر ويُرد إليك ما"
        " دفعته.\n\n{brand}",
    ),
    ("collected", "en"): Template(
        "{brand}: thank you for collecting order {order_number}",
        "Hello {customer_name},\n\nyou collected your order {order_number} at {store}. Thank you.\n\n{brand}",
    ),
    ("collected", "fr"): Template(
        "{brand} : merci d’avoir retiré la commande {order_number}",
        "Bonjour {customer_name},\n\nvous avez retiré votre commande {order_number} chez {store}. Merci.\n\n{brand}",
    ),
    ("collected", "ar"): Template(
        "{brand}: شكرًا لاستلامك الطلب {order_number}",
        "مرحبًا {customer_name}،\n\nاستلمت طلبك {order_number} من {store}. شكرًا لك.\n\n{brand}",
    ),
}
