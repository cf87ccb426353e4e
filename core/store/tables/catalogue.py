"""What is sold: categories, products, variants (SKUs), their barcodes and images."""

from typing import Any

from sqlalchemy import Index
from sqlmodel import Field

from core.store.columns import CoreRow, document


class CategoryRow(CoreRow, table=True):
    __tablename__ = "category"
    id: str = Field(primary_key=True)
    division_id: str = Field(foreign_key="division.id", index=True)
    name: str
    parent_id: str = ""
    position: int = 0


class ProductRow(CoreRow, table=True):
    __tablename__ = "product"
    id: str = Field(primary_key=True)
    division_id: str = Field(foreign_key="division.id", index=True)
    code: str = ""
    name: str
    brand: str = ""
    category_id: str = ""
    category: str = ""  # its name, as devices show it
    description: str = ""
    attributes: dict[str, Any] = document(dict)
    version: int = 1


class VariantRow(CoreRow, table=True):
    """`id` is the SKU, unique in the whole account."""

    __tablename__ = "variant"
    id: str = Field(primary_key=True)
    product_id: str = Field(foreign_key="product.id", index=True)
    division_id: str = Field(foreign_key="division.id", index=True)
    colour: str = ""
    size: str = ""
    price_minor: int = 0
    currency: str = "EUR"
    weight_g: int = 0
    length_mm: int = 0  # 0, as with the others: not known
    width_mm: int = 0
    height_mm: int = 0
    image: str = ""
    active: bool = True
    version: int = 1


class BarcodeRow(CoreRow, table=True):
    """Several per variant; a number names one variant of a division. `gtin`: 14 digits."""

    __tablename__ = "barcode"
    __table_args__ = (Index("ix_barcode_sku", "sku"),)
    division_id: str = Field(foreign_key="division.id", primary_key=True)
    gtin: str = Field(primary_key=True)
    sku: str = Field(foreign_key="variant.id")
    position: int = 0


class ImageRow(CoreRow, table=True):
    __tablename__ = "image"
    id: str = Field(primary_key=True)
    product_id: str = Field(foreign_key="product.id", index=True)
    sku: str = ""  # "" = of every variant
    url: str
    position: int = 0
