"""What is asked of answers: pages, values, unknown members, paid or not."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import grpc
import pytest
from fake import FakeService

from checkoutsvc import CheckoutsvcError, is_final, is_paid, unmodelled, values
from checkoutsvc.v1 import (
    Checkout,
    CheckoutPublic,
    CheckoutPublicConfirmed,
    CheckoutStatus,
    CustomFieldValue,
    ListCheckoutsResponse,
    MetadataValue,
    Pagination,
)


class Shelf:
    """A list of checkouts from which a service answers pages."""

    def __init__(self, service: FakeService, count: int) -> None:
        self.ids = [str(i) for i in range(count)]
        self.service = service
        service.answer = self.page
        self.after_page: Callable[[], object] = lambda: None
        self.fails_from = 1 << 30

    def page(self, request: Any, context: grpc.ServicerContext) -> ListCheckoutsResponse:
        page = request.page if request.HasField("page") else 1
        limit = min(request.limit if request.HasField("limit") else 10, 100)
        if page >= self.fails_from:
            context.abort(grpc.StatusCode.INTERNAL, "no more")
        found = self.ids[(page - 1) * limit : page * limit]
        pages = -(-len(self.ids) // limit)
        pagination = Pagination(total_count=len(self.ids), max_page=pages)
        answer = ListCheckoutsResponse(items=[Checkout(id=each) for each in found], pagination=pagination)
        self.after_page()
        return answer

    @property
    def asked(self) -> list[tuple[int, int]]:
        return [(max(call.request.page, 1), call.request.limit) for call in self.service.calls]


def test_all_pages_are_read_in_the_largest_size(client: Any, service: FakeService) -> None:
    shelf = Shelf(service, 250)
    assert [checkout.id for checkout in client.list_all(status=["open"])] == shelf.ids
    assert shelf.asked == [(1, 100), (2, 100), (3, 100)]
    assert all(list(call.request.status) == [CheckoutStatus.CHECKOUT_STATUS_OPEN] for call in service.calls)


def test_page_and_limit_are_kept(client: Any, service: FakeService) -> None:
    shelf = Shelf(service, 7)
    assert [checkout.id for checkout in client.list_all(limit=2, page=2)] == ["2", "3", "4", "5", "6"]
    assert shelf.asked == [(2, 2), (3, 2), (4, 2)]
    service.calls.clear()
    assert [checkout.id for checkout in client.list_all(page=1)] == shelf.ids
    assert shelf.asked == [(1, 0)]


def test_nothing_is_one_page(client: Any, service: FakeService) -> None:
    shelf = Shelf(service, 0)
    assert list(client.list_all()) == []
    assert len(shelf.asked) == 1


def test_pages_are_fetched_when_they_are_needed(client: Any, service: FakeService) -> None:
    shelf = Shelf(service, 6)
    pages = client.list_all(limit=2)
    assert shelf.asked == []
    assert [next(pages).id, next(pages).id] == ["0", "1"]
    assert shelf.asked == [(1, 2)]
    shelf.fails_from = 2
    with pytest.raises(CheckoutsvcError):
        next(pages)


def test_what_slides_to_the_next_page_comes_once(client: Any, service: FakeService) -> None:
    shelf = Shelf(service, 6)
    shelf.after_page = lambda: shelf.ids.insert(0, f"new{len(shelf.ids)}") if len(shelf.ids) < 8 else None
    assert [checkout.id for checkout in client.list_all(limit=3)] == ["0", "1", "2", "3", "4", "5"]


def test_arguments_of_a_list_are_checked_at_once(client: Any) -> None:
    with pytest.raises(TypeError, match="status takes a list"):
        client.list_all(status="open")


def test_values_are_pythons_own_and_keep_their_kinds() -> None:
    checkout = Checkout(
        metadata={
            "text": MetadataValue(string_value="7"),
            "whole": MetadataValue(integer_value=7),
            "fraction": MetadataValue(double_value=7.0),
            "no": MetadataValue(bool_value=False),
            "huge": MetadataValue(unmodelled_json="123456789012345678901234567890"),
            "beyond": MetadataValue(unmodelled_json="1e400"),
            "object": MetadataValue(unmodelled_json='{"a": [1.5]}'),
        },
        custom_field_data={"empty": CustomFieldValue(), "gift": CustomFieldValue(bool_value=True)},
    )
    wanted = {
        "text": "7",
        "whole": 7,
        "fraction": 7.0,
        "no": False,
        "huge": 123456789012345678901234567890,
        "beyond": Decimal("1e400"),
        "object": {"a": [1.5]},
    }
    got = values(checkout.metadata)
    assert got == wanted
    assert {key: type(value) for key, value in got.items()} == {key: type(value) for key, value in wanted.items()}
    assert values(checkout.custom_field_data) == {"empty": None, "gift": True}


def test_members_of_a_newer_polar() -> None:
    checkout = Checkout(unmodelled_json={"loyalty": '{"points":3}', "nothing": "null", "status": '"paused"'})
    assert unmodelled(checkout, "loyalty") == {"points": 3}
    assert unmodelled(checkout, "status") == "paused"
    assert unmodelled(checkout, "nothing", 1) is None
    assert unmodelled(checkout, "absent") is None
    assert unmodelled(checkout, "absent", {}) == {}
    assert "absent" not in checkout.unmodelled_json


@pytest.mark.parametrize(
    ("word", "paid", "final"),
    [
        ("UNSPECIFIED", False, False),
        ("OPEN", False, False),
        ("CONFIRMED", False, False),
        ("SUCCEEDED", True, True),
        ("EXPIRED", False, True),
        ("FAILED", False, True),
    ],
)
def test_only_what_succeeded_is_paid(word: str, paid: bool, final: bool) -> None:
    status = CheckoutStatus.Value(f"CHECKOUT_STATUS_{word}")
    views = [view(status=status) for view in (Checkout, CheckoutPublic, CheckoutPublicConfirmed)]
    for view in (status, *views):
        assert is_paid(view) is paid
        assert is_final(view) is final


def test_messages_survive_pickling() -> None:
    checkout = Checkout(id="x", metadata={"a": MetadataValue(integer_value=1)})
    assert pickle.loads(pickle.dumps(checkout)) == checkout
