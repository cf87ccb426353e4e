"""What customers are sent where a division wrote no text of its own: each kind in each language."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from core.domain.messages import Template

_PLACE: Final = "{store}\n{address}\n{hours}"


class _Said(NamedTuple):
    """`subject`: after the brand. `code`: below the address; "" in a mail after which nobody comes."""

    subject: str
    text: str
    code: str = ""


class _Words(NamedTuple):
    """One language: how it greets, what stands between the brand and a subject, and a mail of each kind."""

    hello: str
    brand: str
    ready: _Said
    reminder: _Said
    locker: _Said
    expired: _Said
    collected: _Said


def _given(subject: str, text: str, to: str, thanks: str) -> _Said:
    """What proves a handover, also to who was not there."""
    return _Said(
        subject, f"{text}\n\n{{order_number}}\n{{articles}}\n\n{to}\n{{store}}, {{handed_over_on}}\n\n{thanks}"
    )


_WORDS: Final[Mapping[str, _Words]] = {
    "en": _Words(
        "Hello {customer_name},",
        "{brand}: ",
        _Said(
            "your order {order_number} is ready",
            "your order {order_number} is ready. Please collect it by {pick_up_by}.",
            "Your pick-up code: {pick_up_code}\nShow it at the desk.",
        ),
        _Said(
            "your order {order_number} still waits for you",
            "your order {order_number} still waits for you. We keep it until {pick_up_by}.",
            "Your pick-up code: {pick_up_code}",
        ),
        _Said(
            "your order {order_number} is in the locker",
            "your order {order_number} is in compartment {compartment} of the locker. Please collect it by"
            " {pick_up_by}.",
            "The locker opens with this code: {locker_code}",
        ),
        _Said(
            "your order {order_number} was not collected",
            "your order {order_number} was not collected in time. It goes back to the shop, and what you paid is"
            " refunded.",
        ),
        _given(
            "order {order_number}: handed over",
            "this was handed over of your order:",
            "Handed over to: {collector}",
            "Thank you.",
        ),
    ),
    "fr": _Words(
        "Bonjour {customer_name},",
        "{brand} : ",
        _Said(
            "votre commande {order_number} est prête",
            "votre commande {order_number} est prête. Venez la retirer au plus tard le {pick_up_by}.",
            "Votre code de retrait : {pick_up_code}\nPrésentez-le au comptoir.",
        ),
        _Said(
            "votre commande {order_number} vous attend toujours",
            "votre commande {order_number} vous attend toujours. Nous la gardons jusqu’au {pick_up_by}.",
            "Votre code de retrait : {pick_up_code}",
        ),
        _Said(
            "votre commande {order_number} est dans la consigne",
            "votre commande {order_number} est dans le casier {compartment} de la consigne. Retirez-la au plus tard"
            " le {pick_up_by}.",
            "Le casier s’ouvre avec ce code : {locker_code}",
        ),
        _Said(
            "votre commande {order_number} n’a pas été retirée",
            "votre commande {order_number} n’a pas été retirée à temps. Elle retourne en rayon et ce que vous avez"
            " payé vous est remboursé.",
        ),
        _given(
            "commande {order_number} : remise effectuée",
            "voici ce qui a été remis de votre commande :",
            "Remis à : {collector}",
            "Merci.",
        ),
    ),
    "es": _Words(
        "Hola, {customer_name}:",
        "{brand}: ",
        _Said(
            "su pedido {order_number} está listo",
            "su pedido {order_number} está listo. Recójalo a más tardar el {pick_up_by}.",
            "Su código de recogida: {pick_up_code}\nMuéstrelo en el mostrador.",
        ),
        _Said(
            "su pedido {order_number} le sigue esperando",
            "su pedido {order_number} le sigue esperando. Lo guardamos hasta el {pick_up_by}.",
            "Su código de recogida: {pick_up_code}",
        ),
        _Said(
            "su pedido {order_number} está en la taquilla",
            "su pedido {order_number} está en el compartimento {compartment} de la taquilla. Recójalo a más tardar"
            " el {pick_up_by}.",
            "La taquilla se abre con este código: {locker_code}",
        ),
        _Said(
            "su pedido {order_number} no se ha recogido",
            "su pedido {order_number} no se ha recogido a tiempo. Vuelve a la tienda y se le reembolsa lo que pagó.",
        ),
        _given(
            "pedido {order_number}: entregado",
            "esto se ha entregado de su pedido:",
            "Entregado a: {collector}",
            "Gracias.",
        ),
    ),
    "de": _Words(
        "Guten Tag {customer_name},",
        "{brand}: ",
        _Said(
            "Ihre Bestellung {order_number} ist abholbereit",
            "Ihre Bestellung {order_number} ist abholbereit. Bitte holen Sie sie bis {pick_up_by} ab.",
            "Ihr Abholcode: {pick_up_code}\nZeigen Sie ihn an der Theke.",
        ),
        _Said(
            "Ihre Bestellung {order_number} wartet noch auf Sie",
            "Ihre Bestellung {order_number} wartet noch auf Sie. Wir bewahren sie bis {pick_up_by} auf.",
            "Ihr Abholcode: {pick_up_code}",
        ),
        _Said(
            "Ihre Bestellung {order_number} liegt im Schließfach",
            "Ihre Bestellung {order_number} liegt im Schließfach {compartment}. Bitte holen Sie sie bis"
            " {pick_up_by} ab.",
            "Das Schließfach öffnet sich mit diesem Code: {locker_code}",
        ),
        _Said(
            "Ihre Bestellung {order_number} wurde nicht abgeholt",
            "Ihre Bestellung {order_number} wurde nicht rechtzeitig abgeholt. Sie geht zurück ins Geschäft, und was"
            " Sie bezahlt haben, wird erstattet.",
        ),
        _given(
            "Bestellung {order_number}: übergeben",
            "das wurde von Ihrer Bestellung übergeben:",
            "Übergeben an: {collector}",
            "Vielen Dank.",
        ),
    ),
    "it": _Words(
        "Buongiorno {customer_name},",
        "{brand}: ",
        _Said(
            "il Suo ordine {order_number} è pronto",
            "il Suo ordine {order_number} è pronto. La preghiamo di ritirarlo entro {pick_up_by}.",
            "Il Suo codice di ritiro: {pick_up_code}\nLo mostri al banco.",
        ),
        _Said(
            "il Suo ordine {order_number} La aspetta ancora",
            "il Suo ordine {order_number} La aspetta ancora. Lo teniamo fino a {pick_up_by}.",
            "Il Suo codice di ritiro: {pick_up_code}",
        ),
        _Said(
            "il Suo ordine {order_number} è nel locker",
            "il Suo ordine {order_number} è nello scomparto {compartment} del locker. La preghiamo di ritirarlo"
            " entro {pick_up_by}.",
            "Il locker si apre con questo codice: {locker_code}",
        ),
        _Said(
            "il Suo ordine {order_number} non è stato ritirato",
            "il Suo ordine {order_number} non è stato ritirato in tempo. Torna in negozio e quanto ha pagato Le"
            " viene rimborsato.",
        ),
        _given(
            "ordine {order_number}: consegnato",
            "questo è stato consegnato del Suo ordine:",
            "Consegnato a: {collector}",
            "Grazie.",
        ),
    ),
    "pt": _Words(
        "Olá, {customer_name},",
        "{brand}: ",
        _Said(
            "a sua encomenda {order_number} está pronta",
            "a sua encomenda {order_number} está pronta. Venha levantá-la até {pick_up_by}.",
            "O seu código de levantamento: {pick_up_code}\nMostre-o ao balcão.",
        ),
        _Said(
            "a sua encomenda {order_number} continua à sua espera",
            "a sua encomenda {order_number} continua à sua espera. Guardamo-la até {pick_up_by}.",
            "O seu código de levantamento: {pick_up_code}",
        ),
        _Said(
            "a sua encomenda {order_number} está no cacifo",
            "a sua encomenda {order_number} está no compartimento {compartment} do cacifo. Venha levantá-la até"
            " {pick_up_by}.",
            "O cacifo abre com este código: {locker_code}",
        ),
        _Said(
            "a sua encomenda {order_number} não foi levantada",
            "a sua encomenda {order_number} não foi levantada a tempo. Volta para a loja e o que pagou é-lhe"
            " reembolsado.",
        ),
        _given(
            "encomenda {order_number}: entregue",
            "isto foi entregue da sua encomenda:",
            "Entregue a: {collector}",
            "Obrigado.",
        ),
    ),
    "nl": _Words(
        "Beste {customer_name},",
        "{brand}: ",
        _Said(
            "uw bestelling {order_number} ligt klaar",
            "uw bestelling {order_number} ligt klaar. Haal haar uiterlijk {pick_up_by} af.",
            "Uw afhaalcode: {pick_up_code}\nToon hem aan de balie.",
        ),
        _Said(
            "uw bestelling {order_number} wacht nog op u",
            "uw bestelling {order_number} wacht nog op u. We bewaren haar tot en met {pick_up_by}.",
            "Uw afhaalcode: {pick_up_code}",
        ),
        _Said(
            "uw bestelling {order_number} ligt in de kluis",
            "uw bestelling {order_number} ligt in vak {compartment} van de kluis. Haal haar uiterlijk {pick_up_by} af.",
            "De kluis gaat open met deze code: {locker_code}",
        ),
        _Said(
            "uw bestelling {order_number} is niet afgehaald",
            "uw bestelling {order_number} is niet op tijd afgehaald. Ze gaat terug naar de winkel en u krijgt terug"
            " wat u hebt betaald.",
        ),
        _given(
            "bestelling {order_number}: overhandigd",
            "dit is overhandigd van uw bestelling:",
            "Overhandigd aan: {collector}",
            "Dank u wel.",
        ),
    ),
    "pl": _Words(
        "Dzień dobry, {customer_name},",
        "{brand}: ",
        _Said(
            "zamówienie {order_number} jest gotowe",
            "Twoje zamówienie {order_number} jest gotowe. Ostatni dzień odbioru: {pick_up_by}.",
            "Kod odbioru: {pick_up_code}\nPokaż go przy ladzie.",
        ),
        _Said(
            "zamówienie {order_number} wciąż czeka",
            "Twoje zamówienie {order_number} wciąż na Ciebie czeka. Ostatni dzień odbioru: {pick_up_by}.",
            "Kod odbioru: {pick_up_code}",
        ),
        _Said(
            "zamówienie {order_number} jest w skrytce",
            "Twoje zamówienie {order_number} jest w skrytce {compartment}. Ostatni dzień odbioru: {pick_up_by}.",
            "Skrytkę otwiera kod: {locker_code}",
        ),
        _Said(
            "zamówienie {order_number} nie zostało odebrane",
            "Twoje zamówienie {order_number} nie zostało odebrane na czas. Wraca do sklepu, a zapłacona kwota"
            " zostanie zwrócona.",
        ),
        _given(
            "zamówienie {order_number}: wydane", "to zostało wydane z zamówienia:", "Wydano: {collector}", "Dziękujemy."
        ),
    ),
    "ro": _Words(
        "Bună ziua, {customer_name},",
        "{brand}: ",
        _Said(
            "comanda dvs. {order_number} este gata",
            "comanda dvs. {order_number} este gata. Vă rugăm să o ridicați până {pick_up_by}.",
            "Codul dvs. de ridicare: {pick_up_code}\nArătați-l la ghișeu.",
        ),
        _Said(
            "comanda dvs. {order_number} vă așteaptă încă",
            "comanda dvs. {order_number} vă așteaptă încă. O păstrăm până {pick_up_by}.",
            "Codul dvs. de ridicare: {pick_up_code}",
        ),
        _Said(
            "comanda dvs. {order_number} este în locker",
            "comanda dvs. {order_number} este în compartimentul {compartment} al lockerului. Vă rugăm să o ridicați"
            " până {pick_up_by}.",
            "Lockerul se deschide cu acest cod: {locker_code}",
        ),
        _Said(
            "comanda dvs. {order_number} nu a fost ridicată",
            "comanda dvs. {order_number} nu a fost ridicată la timp. Se întoarce în magazin, iar suma plătită vă"
            " este rambursată.",
        ),
        _given(
            "comanda {order_number}: predată",
            "iată ce s-a predat din comandă:",
            "Predat către: {collector}",
            "Vă mulțumim.",
        ),
    ),
    "ar": _Words(
        "مرحبًا {customer_name}،",
        "{brand}: ",
        _Said(
            "طلبك {order_number} جاهز",
            "طلبك {order_number} جاهز. يُرجى استلامه في موعد أقصاه {pick_up_by}.",
            "رمز الاستلام: {pick_up_code}\nأظهره عند مكتب الاستلام.",
        ),
        _Said(
            "طلبك {order_number} ما زال في انتظارك",
            "طلبك {order_number} ما زال في انتظارك. نحتفظ به حتى {pick_up_by}.",
            "رمز الاستلام: {pick_up_code}",
        ),
        _Said(
            "طلبك {order_number} في الخزانة",
            "طلبك {order_number} في الخانة {compartment} من الخزانة. يُرجى استلامه في موعد أقصاه {pick_up_by}.",
            "تُفتح الخزانة بهذا الرمز: {locker_code}",
        ),
        _Said(
            "لم يُستلم طلبك {order_number}",
            "لم يُستلم طلبك {order_number} في الوقت المحدد. سيعود إلى المتجر ويُرد إليك ما دفعته.",
        ),
        _given("الطلب {order_number}: تم التسليم", "هذا ما تم تسليمه من طلبك:", "سُلِّم إلى: {collector}", "شكرًا لك."),
    ),
    "zh": _Words(
        "{customer_name}，您好：",
        "{brand}：",
        _Said(
            "您的订单 {order_number} 已备好",
            "您的订单 {order_number} 已备好，请在 {pick_up_by} 前（含当天）取货。",
            "取货码：{pick_up_code}\n请在柜台出示。",
        ),
        _Said(
            "您的订单 {order_number} 仍在等您",
            "您的订单 {order_number} 仍在等您，我们为您保留到 {pick_up_by}。",
            "取货码：{pick_up_code}",
        ),
        _Said(
            "您的订单 {order_number} 已放入自提柜",
            "您的订单 {order_number} 已放入自提柜格口 {compartment}，请在 {pick_up_by} 前（含当天）取货。",
            "自提柜开柜码：{locker_code}",
        ),
        _Said(
            "您的订单 {order_number} 未取货", "您的订单 {order_number} 未按时取货。商品将退回门店，已付款项会退还给您。"
        ),
        _given("订单 {order_number}：已交付", "以下是您的订单中已交付的商品：", "领取人：{collector}", "谢谢。"),
    ),
    "uk": _Words(
        "Вітаємо, {customer_name}!",
        "{brand}: ",
        _Said(
            "ваше замовлення {order_number} готове",
            "Ваше замовлення {order_number} готове. Останній день отримання: {pick_up_by}",
            "Код отримання: {pick_up_code}\nПокажіть його біля стійки.",
        ),
        _Said(
            "ваше замовлення {order_number} досі чекає на вас",
            "Ваше замовлення {order_number} досі чекає на вас. Останній день отримання: {pick_up_by}",
            "Код отримання: {pick_up_code}",
        ),
        _Said(
            "ваше замовлення {order_number} у комірці",
            "Ваше замовлення {order_number} у комірці {compartment} автомата. Останній день отримання: {pick_up_by}",
            "Комірка відкривається цим кодом: {locker_code}",
        ),
        _Said(
            "ваше замовлення {order_number} не забрали",
            "Ваше замовлення {order_number} не забрали вчасно. Воно повертається до магазину, а сплачене буде"
            " повернено.",
        ),
        _given(
            "замовлення {order_number}: видано", "Ось що видано із замовлення:", "Кому видано: {collector}", "Дякуємо."
        ),
    ),
}


def _template(words: _Words, said: _Said) -> Template:
    below = f"{_PLACE}\n\n{said.code}\n\n" if said.code else ""
    return Template(words.brand + said.subject, f"{words.hello}\n\n{said.text}\n\n{below}{{brand}}")


BUILT_IN: Final[Mapping[tuple[str, str], Template]] = {
    (kind, language): _template(words, said)
    for language, words in _WORDS.items()
    for kind, said in words._asdict().items()
    if isinstance(said, _Said)
}
