"""What stands around digits, and what it says of them: a phone, or an order, a sum, a passport."""

from __future__ import annotations

import re
from enum import Enum

REACH = 64  # characters looked at on each side


class Word(Enum):
    """What the words around a number make of it."""

    PHONE = "phone"  # "my number", "call"
    NOTHING = "nothing"
    ORDER = "order"  # a soft no: such words also stand near phones
    ITEM = "item"  # no answer; an order's when it has a number
    PAPER = "paper"  # a hard no: passports, taxpayers, accounts


_PHONE = (
    r"тел|телеф\w*|моб|мобил\w*|сот|сотов\w*|\w*звон\w*|набер\w*|набир\w*|в[оа]тс\w*|вац+ап\w*"
    r"|вайбер\w*|связ\w*|контакт\w*|телегр\w*|смс|сообщени\w*|пиш\w*|напиш\w*|маякн\w*|скинь\w*"
    r"|whats\w*|wh?ats?ap\w*|viber|telegram|signal|sms|phone\w*|tel|telephone|cell\w*|mob|mobile"
    r"|call\w*|text|ring|reach|dial|contact\w*|landline|hotline|fax"
    r"|tel[eé]fono\w*|tfno|tlf|tlfno|m[oó]vil\w*|cel|celu|celular\w*|ll[aá]m\w*|wasap\w*|guasap\w*"
    r"|wsp|wpp|fono|fijo|escr[ií]b\w*|marc[aáo]\w*"
)
_ORDER = (
    r"заказ(?:а|у|ом|е|ы|ов|ам|ами)?|заявк\w{1,3}|сч[её]т\w*|карт(?:а|ы|е|у|ой)|договор\w{0,3}"
    r"|артикул\w{0,2}|арт|трек\w{0,3}|накладн\w{1,3}|отправлени\w+|посылк\w+|квитанци\w+"
    r"|чек\w{0,2}"
    r"|брон[ьи]|обращени[еяю]|тикет\w{0,2}|штрих\w*|лот\w{0,2}"
    r"|сери[яию]"
    r"|полис\w{0,2}|id|uid|ид|айди|код\w{0,2}|рейс\w{0,2}|купон\w{0,2}"
    r"|промокод\w{0,2}"
    r"|сумм[аыуе]|итого|переве\w+|транзакци\w+"
    r"|плат[её]ж\w*"
    r"|кадастр\w+|доверенност\w+|акт\w{0,2}|логин\w{0,2}|пин"
    r"|терминал\w*|заводск\w+|зав|серийн\w+|инвентарн\w+|номенклатур\w*|абонентск\w+|лс"
    r"|инцидент\w*"
    r"|штраф\w*|игрок\w*|аккаунт\w*|сесси\w+|поручени\w+|операци\w+"
    r"|ттн"
    r"|фактур\w+|сф|упд|вагон\w*|парти[яию]|каталожн\w+|кат|oem"
    r"|закупк\w+|извещени\w+|заявлени\w+"
    r""
    r"|дисконтн\w+|бонусн\w+|парол\w+|баланс\w*"
    r"|баркод\w*"
    r"|шк|верси\w+|регистрационн\w+|рег|табельн\w+|лояльност\w+|подтверждени\w+|идентификатор\w*"
    r"|orders?|invoices?|tracking|track|ticket|confirmation|conf|account"
    r"|acct|acc"
    r"|cards?|policy|case|ref|reference|sku|item|part|serial|codes?|claim|shipment|parcel|receipt"
    r"|contract|zip|budget|total|amount|transaction|payment|po|rma|batch|lot|upc"
    r"|voucher|coupon|member|login|pin|otp|incident|username"
    r""
    r"|password|reg|sn|barcode|asin|catalogu?e?|consignment|waybill|awb"
    r"|ending"
    r"|routing|meter|reading|docket|mls|usd|eur|gbp|rub|mxn|clp|ars|worth|revenue"
    r"|build|version|firmware|timestamp|hash|dl|wb|вб|озон|ozon|сдэк|cdek|dhl|ups"
    r"|fedex|usps|imo|mmsi"
    r"|pedidos?|facturas?|albar[aá]n|referencia|expediente|exp|p[oó]liza|tarjeta|cuenta"
    r"|cta"
    r"|contrato|c[oó]digo|seguimiento|rastreo|env[ií]o|localizador|art[ií]culo|boleto|gu[ií]a"
    r"|folio"
    r"|recibo|matr[ií]cula|lote|serie|importe|orden|transferencia|cup[oó]n"
    r"|incidencia|paquete|socio|abonado|n[oó]mina|clave|contador"
    r"|verificaci[oó]n"
    r"|oc|boleta|comprobante|operaci[oó]n|transacci[oó]n|confirmaci[oó]n|siniestro"
    r"|bastidor|usuario|contrase[nñ]a|loter[ií]a|pago|remito"
    r""
)
_ITEM = (  # wanted as often as numbered: only "товар №", "flight no"
    r"билет\w{0,2}|сертификат\w{0,2}|бюджет\w{0,2}|цен[аыуе]|стоимость|оплат\w+|модел[ьи]"
    r"|участ\w+|документ\w{0,2}|касс[аы]|спецификац\w+|контейнер\w*|детал\w+|запчаст\w+"
    r"|товар\w*|объявлени\w+|диплом\w*|пропуск\w*|ключ\w*|лицензи\w+|долг\w*|смет\w+|price"
    r"|quote|product|model|flight|membership|insurance|registration|size|permit|loan|customer"
    r"|user|paid|population|tickets|seguro|compra|caso|precio|presupuesto|producto|modelo|vuelo"
    r"|bono|tr[aá]mite|solicitud|cliente|зарплат\w+|тендер\w*|аттестат\w*|reserva|booking"
    r"|reservation|бронирован\w+|дел[оа]"
)
_PAPER = (
    r"инн|огрн|огрнип|снилс|паспорт\w*|кпп|бик|оквэд|окпо|иин|бин|унп|едрпоу|гост|ту|уин|кбк"
    r"|октмо|осаго|каско|омс|птс|стс"
    r"|[рклх]/сч?|[пснв]/[пну]|[asnp]/[cnsp]|ву|права|рнс|дду|фд|ci|cc|ine|расч|расч[её]тн\w+"
    r"|лицев\w+|удостоверени\w+|свидетельств\w+|водительск\w+|вин"
    r"|imei|vin|iban|dni|nie|nif|cif|rut|ruc|curp|rfc|cuit|cuil|c[eé]dula|passport|pasaporte"
    r"|ssn|ein"
    r"|vat|isbn|ean|swift|bic|licen[sc]e|licencia|cbu|clabe|cvu|nss|nhs|tin|dui|nit|utr|ccc|gtin"
)
_LINKS = (  # stand between a word and its number and change nothing
    r"ном|номер\w{0,3}|n|no|nº|nro|num|number|numbers?|n[uú]meros?|это|мо[йяёеию]|моего|моему"
    r"|ваш\w{0,3}"
    r"|наш\w{0,3}|для|от|под|в|из|мне|the|a|an|my|your|our|is|was|of|for|in|es|era|el|la|mi|su"
    r"|tu|de|del"
    r"|para|un|una|активаци\w|маркировк\w|электроэнерги\w|игры|воды|газа|wildberries|seur"
    r"|correos|amazon|нов\w{2}"
    r"|стар\w{2}|был|такой|вот|клиента|client|электронн\w+|electr[oó]nica|банковск\w+|гост\w+"
    r"|покупател\w*|доставк\w*|издели\w*|пришел|пришёл|id|o|º|°"
)
_CREATED = r"сдела\w*|офор\w*|размест\w*|hacer|realizar|make|making|place|placing"
_PEOPLE = (
    r"мам\w|пап\w|муж\w|жен\w|брат\w|сестр\w|сын\w|доч\w+|друг\w|подруг\w|хозя\w+|менеджер\w"
    r"|директор\w"
    r"|водител\w|курьер\w|бухгалтер\w|администратор\w|секретар\w|получател\w|отправител\w"
    r"|заказчик\w"
    r"|клиент\w|коллег\w|офис\w|прораб\w|мастер\w|если|или|когда|пока|тел\w*|моб\w*"
    r"|madre|padre|mujer|marido|hij[oa]|herman[oa]|casa|oficina|trabajo|amig[oa]|jef[ea]|tel\w*"
    r"|m[oó]vil"
    r"|cel\w*|contact\w*|whats\w*|my|your|his|her|their|our|the|this|that|new|old|other|second"
    r"|work|home"
    r"|office|business|personal|private|direct|best|s|phone|cell\w*|mobile|landline|fax|and|or"
    r"|is|a|at"
    r"|on|wife|husband|mom|dad|boss"
)
_NUMBER_OF = re.compile(  # "номер группы", "número de siniestro", "loan number"
    rf"(?:номер(?:а|у|ом)?\s+(?!(?:{_PEOPLE})(?!\w))(?-i:[а-яё]{{2,30}}[аяыиу])"
    rf"|n[uú]mero\s+de\s+(?:la\s+|el\s+)?(?!(?:{_PEOPLE})(?!\w))(?-i:[a-záéíóúñ]{{3,30}})"
    rf"|(?<!\w)(?!(?:{_PEOPLE})(?!\w))[a-z]{{2,30}}\s+(?:number|no|num|nr|id)\.?)"
    r"(?:\s+(?:is|es|was|era|это))?[\s:#№.—-]{0,4}\Z",
    re.IGNORECASE,
)
_SAID_AFTER = re.compile(
    r"[\s,—-]{0,3}(?:это|is|es|was|номер|n[uú]mero de|de)\s"
    r"(?:(?:мой|моя|номер|my|the|your|mi|el|la|n[uú]mero|de|number)\s){0,3}"
    rf"(?:{_ORDER}|{_PAPER})(?!\w)",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"(?:[^\W\d_]\.){2,4}|[^\W\d_]/[^\W\d_]{1,2}(?!\w)|[^\W\d_]+|\d+|[№#¦]", re.IGNORECASE
)
_KINDS = tuple(
    (kind, re.compile(words, re.IGNORECASE))
    for kind, words in (
        (Word.PHONE, _PHONE),
        (Word.PAPER, _PAPER),
        (Word.ORDER, _ORDER),
        (Word.ITEM, _ITEM),
    )
)
_CREATES = re.compile(_CREATED, re.IGNORECASE)
_NUMBERED = re.compile(r"номер\w{0,3}|n|no|nº|nro|num|number|n[uú]mero|id|code", re.IGNORECASE)
_LINK = re.compile(_LINKS, re.IGNORECASE)
_ANY_PHONE = re.compile(
    rf"(?<!\w)(?:{_PHONE}|n[uú]mero|номер\w*|number)(?!\w)(?! de (?!tel))", re.IGNORECASE
)
_MEASURE = re.compile(
    r"\s{0,2}(?:[₽€$£₸₴%]|°|(?:руб\w*|р|сум|сумов|тг|тенге|грн|гривен|драм\w*|сом\w*|евро|доллар\w*"
    r"|бакс\w*|коп\w*|тыс|млн|штук\w?|шт|кг|км|мл|мм|см|м2|м²|лет|человек|секунд|грамм\w*"
    r"|метр\w*|просмотр\w*|литр\w*|тонн\w*"
    r"|pesos?|euros?|eur|usd|mxn|ars|cop|clp|dollars?|d[oó]lares|soles|rub|kzt|uah|gbp|pounds?"
    r"|bucks"
    r"|pcs|units?|unidades|uds|kg|km|ml|mm|cm|lbs?|miles|m2"
    r"|people|habitantes|seconds|litros?|rubles?)(?!\w))",
    re.IGNORECASE,
)


def before(text: str) -> Word:
    """What the end of `text` says of the number that follows it."""
    text = text[-REACH:]
    if _NUMBER_OF.search(text):
        return Word.ORDER
    found, marked, numbered, strange, end = Word.NOTHING, False, False, 0, len(text)
    for token in reversed(list(_BEFORE.finditer(text))):
        word = token.group().replace(".", "")
        if strange > 1 or word.isdigit() or word == "¦" or _ends(word, text[token.end() : end]):
            break
        end = token.start()
        if word in "№#":
            marked = True
            continue
        kind = next((kind for kind, words in _KINDS if words.fullmatch(word)), Word.NOTHING)
        if kind is Word.PHONE or (kind is Word.PAPER and found is Word.NOTHING):
            return kind
        if found is Word.ORDER and _CREATES.fullmatch(word):
            return Word.NOTHING
        if kind is Word.ITEM and numbered and not strange:
            kind = Word.ORDER
        numbered = numbered or _NUMBERED.fullmatch(word) is not None
        if kind is Word.ORDER and not strange:
            found = kind
        elif kind is not Word.ITEM and not (
            _LINK.fullmatch(word) or (word.isupper() and len(word) > 1)
        ):
            strange += 1
    return Word.ORDER if marked else found


def mentions_phone(text: str) -> bool:
    """Whether a word for phones, calls or messengers is in it."""
    return _ANY_PHONE.search(text) is not None


def denies(text: str) -> bool:
    """Whether it begins with a currency, a unit, or says what else the number before it is."""
    return _MEASURE.match(text) is not None or _SAID_AFTER.match(text) is not None


def _ends(word: str, gap: str) -> bool:
    """Whether a clause ends between this word and what follows: "арт." is no sentence."""
    if any(mark in gap for mark in ",;!?"):
        return True
    return ("\n" in gap and ":" not in gap) or ("." in gap and len(word) > 4)
