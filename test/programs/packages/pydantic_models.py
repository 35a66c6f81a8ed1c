from datetime import date
from typing import Literal

from pydantic import BaseModel, Field, ValidationError, field_validator


class Line(BaseModel):
    sku: str = Field(pattern=r"^[A-Z]-\d+$")
    quantity: int = Field(gt=0)


class Order(BaseModel):
    id: int
    day: date
    status: Literal["open", "paid"] = "open"
    lines: list[Line]

    @field_validator("lines")
    @classmethod
    def not_empty(cls, lines):
        if not lines:
            raise ValueError("no lines")
        return lines


order = Order.model_validate({"id": "7", "day": "2024-05-17", "lines": [{"sku": "A-1", "quantity": 2}]})
print(order.model_dump_json())
try:
    Order.model_validate({"id": "x", "day": "2024-02-30", "status": "lost", "lines": [{"sku": "a", "quantity": 0}]})
except ValidationError as error:
    print([(".".join(map(str, item["loc"])), item["type"]) for item in error.errors()])
order.model_dump(mode="json")
