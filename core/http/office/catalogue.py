"""Products and their variants: searched, read, put, changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, or_, select

from core.domain.barcodes import Gtin, normalise
from core.http.context import CoreContext
from core.http.office.access import ReadCatalogue, WriteCatalogue
from core.http.office.answers import IfMatch, Once, Page, PageOf, Reply, etag
from core.http.problems import RESPONSES, ProblemError
from core.service import catalogue
from core.service.catalogue import Article
from core.service.cause import Cause
from core.service.refusal import Refusal, unknown
from core.store import tables as t

router = APIRouter(prefix="/v1", tags=["catalogue"], responses=RESPONSES)
Text = Annotated[str, Field(max_length=200)]


class ArticleBody(BaseModel):
    """One SKU with its product. `barcodes`: all of them, in any form; `product_code` groups variants."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"sku": "MUG-BLUE", "division_id": "nordlys", "product_code": "MUG", "name": "Mug", "colour": "blue",
                 "price_minor": 1290, "barcodes": ["3760340000019"]}
            ]
        },
    )  # fmt: skip
    sku: str = Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._/ -]*$")
    division_id: str = Field(max_length=64)
    product_code: str = Field(min_length=1, max_length=64)
    name: Annotated[str, Field(min_length=1, max_length=200)]
    brand: Text = ""
    category: Text = ""
    colour: Text = ""
    size: Text = ""
    barcodes: list[Annotated[str, Field(max_length=64)]] = Field(default_factory=list, max_length=20)
    price_minor: int = Field(ge=0, le=2_000_000_000)
    currency: str = Field(default="EUR", pattern="^[A-Z]{3}$")
    weight_g: int = Field(default=0, ge=0, le=1_000_000)
    image: str = Field(default="", max_length=500)
    description: str = Field(default="", max_length=5_000)

    def article(self) -> Article | Refusal:
        codes = [normalise(text) for text in self.barcodes]
        wrong = [text for text, code in zip(self.barcodes, codes, strict=True) if not isinstance(code, Gtin)]
        if wrong:
            return Refusal("barcode_invalid", params={"barcode": wrong[0]}, remedy="The check digit does not fit.")
        gtins = tuple(dict.fromkeys(code.value14 for code in codes if isinstance(code, Gtin)))
        return Article(gtins=gtins, **self.model_dump(exclude={"barcodes"}))


class VariantChange(BaseModel):
    """What is left out stays. `active` false: no longer sold, gone from the tablets."""

    model_config = ConfigDict(extra="forbid")
    price_minor: int | None = Field(default=None, ge=0, le=2_000_000_000)
    weight_g: int | None = Field(default=None, ge=0, le=1_000_000)
    colour: Text | None = None
    size: Text | None = None
    image: str | None = Field(default=None, max_length=500)
    active: bool | None = None


class VariantView(BaseModel):
    sku: str
    product_id: str
    division_id: str
    name: str
    brand: str
    category: str
    colour: str
    size: str
    barcodes: list[str]
    price_minor: int
    currency: str
    weight_g: int
    image: str
    active: bool
    version: int


@dataclass(frozen=True, slots=True)
class VariantFilter:
    barcode: Annotated[str, Query(max_length=64, description="Any form of a GTIN.")] = ""
    text: Annotated[str, Query(max_length=100, description="Part of the name or the beginning of a SKU.")] = ""
    division_id: Annotated[str, Query(max_length=64)] = ""


class ProductView(BaseModel):
    id: str
    division_id: str
    code: str
    name: str
    brand: str
    category: str
    description: str
    variants: list[VariantView]


@router.post("/variants", status_code=201, response_model=VariantView)
def put_variant(body: ArticleBody, _: WriteCatalogue, once: Once) -> Response:
    """Makes the SKU, or brings it to this state; the store's tablets hear of it."""

    def work(connection: Connection, cause: Cause) -> Reply | Refusal:
        article = body.article()
        if isinstance(article, Refusal):
            return article
        known = connection.execute(select(t.divisions.c.id).where(t.divisions.c.id == body.division_id)).first()
        if known is None:
            return unknown("division", body.division_id)
        taken = _owner(connection, article)
        if taken:
            return Refusal("barcode_taken", params={"sku": taken}, remedy="A bar code names one article of a brand.")
        created = catalogue.put_articles(connection, [article])["created"]
        view = _variant(connection, article.sku)
        headers = {"Location": f"/v1/variants/{article.sku}", **etag(view["version"])}
        return Reply(view, 201 if created else 200, headers)

    return once.once(body, work)


def _owner(connection: Connection, article: Article) -> str:
    b = t.barcodes.c
    mine = (b.division_id == article.division_id) & b.gtin.in_(article.gtins) & (b.sku != article.sku)
    return str(connection.execute(select(b.sku).where(mine)).scalar() or "")


@router.get("/variants", response_model=Page[VariantView])
def list_variants(
    _: ReadCatalogue,
    core: CoreContext,
    page: PageOf,
    wanted: Annotated[VariantFilter, Depends()],
) -> Any:
    v, p = t.variants.c, t.products.c
    query = select(v.id).join_from(t.variants, t.products, p.id == v.product_id)
    if wanted.barcode:
        code = normalise(wanted.barcode)
        gtin = code.value14 if isinstance(code, Gtin) else ""
        query = query.where(v.id.in_(select(t.barcodes.c.sku).where(t.barcodes.c.gtin == gtin)))
    if wanted.text:
        named = p.name.icontains(wanted.text, autoescape=True)
        query = query.where(or_(named, v.id.startswith(wanted.text, autoescape=True)))
    if wanted.division_id:
        query = query.where(v.division_id == wanted.division_id)
    with core.database.read() as connection:
        rows = page.rows(connection, query, v.id)
        views = _variants(connection, [row.id for row in rows])
    return page.page(rows, lambda row: views[row.id], lambda row: (row.id,))


@router.get("/variants/{sku}", response_model=VariantView)
def read_variant(sku: str, _: ReadCatalogue, core: CoreContext, response: Response) -> Any:
    with core.database.read() as connection:
        view = _variant(connection, sku)
    response.headers.update(etag(view["version"]))
    return view


@router.patch("/variants/{sku}", response_model=VariantView)
def change_variant(sku: str, body: VariantChange, _: WriteCatalogue, core: CoreContext, version: IfMatch) -> Response:
    """412 `stale_version` where somebody changed it since it was read."""
    with core.database.write() as connection:
        values = body.model_dump(exclude_none=True)
        refused = catalogue.change_variant(connection, sku, version, values)
        if refused is not None:
            raise ProblemError.of(refused)
        view = _variant(connection, sku)
    return Reply(view, 200, etag(view["version"])).send()


@router.get("/products/{product_id}", response_model=ProductView)
def read_product(product_id: str, _: ReadCatalogue, core: CoreContext) -> Any:
    """With all its sizes and colours."""
    with core.database.read() as connection:
        row = connection.execute(select(t.products).where(t.products.c.id == product_id)).first()
        if row is None:
            raise ProblemError.of(unknown("product", product_id))
        mine = select(t.variants.c.id).where(t.variants.c.product_id == product_id).order_by(t.variants.c.id)
        variants = _variants(connection, connection.execute(mine).scalars())
    fields = {name: getattr(row, name) for name in ProductView.model_fields if name != "variants"}
    return fields | {"variants": list(variants.values())}


def _variant(connection: Connection, sku: str) -> dict[str, Any]:
    found = _variants(connection, [sku])
    if sku not in found:
        raise ProblemError.of(unknown("variant", sku))
    return found[sku]


def _variants(connection: Connection, skus: Iterable[str]) -> dict[str, dict[str, Any]]:
    v, p, b = t.variants.c, t.products.c, t.barcodes.c
    wanted = list(skus)
    columns = (v.id.label("sku"), v.product_id, v.division_id, p.name, p.brand, p.category, v.colour, v.size)
    more = (v.price_minor, v.currency, v.weight_g, v.image, v.active, v.version)
    query = select(*columns, *more).join_from(t.variants, t.products, p.id == v.product_id).where(v.id.in_(wanted))
    found = {row.sku: row._asdict() | {"barcodes": []} for row in connection.execute(query.order_by(v.id))}
    codes = select(b.sku, b.gtin).where(b.sku.in_(wanted)).order_by(b.sku, b.position)
    for sku, gtin in connection.execute(codes):
        found[sku]["barcodes"].append(gtin)
    return found
