"""One process at a time, and what happens to one that is silent."""

from __future__ import annotations

import json
import threading
import time
import uuid

import pytest

from civic_assets.errors import StoreBusy
from civic_assets.layers.remote import lease as leases
from civic_assets.layers.remote.failures import Changed, LeaseLost
from civic_assets.layers.remote.lease import Lease, leased
from civic_assets.layers.remote.objects import Objects
from civic_assets_tests.distributed.machines import Services, address

NAME = "leases/part.json"


@pytest.fixture
def objects(services: Services) -> Objects:
    return Objects(address(f"leases-{uuid.uuid4().hex}"))


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leases end soon."""
    monkeypatch.setattr(leases, "LEASE_SECONDS", 4)
    monkeypatch.setattr(leases, "_LOOK_SECONDS", 0.1)


def test_part_is_held_by_one_and_named_to_the_other(objects: Objects) -> None:
    with leased(objects, "part", "a refresh") as held:
        held.still_held()
        named = pytest.raises(StoreBusy, match=r"being changed by a refresh \(process \d+ on ")
        with named, leased(objects, "part", "another"):
            raise AssertionError("two hold it")
        with leased(objects, "other", "another"):
            pass
    with leased(objects, "part", "another"):
        pass
    assert objects.look(NAME) is None


def test_living_holder_keeps_its_part_for_longer_than_a_lease(objects: Objects, short: None) -> None:
    with leased(objects, "part", "the first") as held:
        waited: list[str] = []
        taken = threading.Event()

        def second() -> None:
            with leased(objects, "part", "the second", waited.append):
                taken.set()

        thread = threading.Thread(target=second)
        thread.start()
        assert not taken.wait(10), "it was taken from a process that is alive"
        held.still_held()
        assert len(waited) == 1 and "Waiting until that has ended" in waited[0]
    thread.join(60)
    assert taken.is_set()


def test_part_of_a_dead_process_is_taken_over_and_the_dead_one_may_write_nothing(
    objects: Objects, short: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process is silent but not gone, as one that the network has cut off."""
    monkeypatch.setattr(Lease, "_keep", lambda self: None)
    with leased(objects, "part", "the silent") as silent:
        begun = time.monotonic()
        with leased(objects, "part", "the next", lambda _: None) as following:
            assert time.monotonic() - begun > 4
            following.still_held()
            with pytest.raises(LeaseLost, match="writes nothing more"):
                silent.still_held()
            silent.give_back()  # which must not end the other's
            assert json.loads(objects.read(NAME)[0])["by"] == "the next"


def test_of_many_that_wait_one_takes_over(objects: Objects, short: None) -> None:
    objects.create(NAME, json.dumps({"by": "the dead", "token": "x"}).encode())
    inside, most, done = [0], [0], []
    lock = threading.Lock()

    def work(number: int) -> None:
        with leased(objects, "part", f"number {number}", lambda _: None) as held:
            with lock:
                inside[0] += 1
                most[0] = max(most[0], inside[0])
            time.sleep(0.1)
            held.still_held()
            with lock:
                inside[0] -= 1
                done.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(done) == list(range(6)) and most[0] == 1


def test_object_is_replaced_only_by_who_has_read_it(objects: Objects) -> None:
    first = objects.create("one", b"1")
    with pytest.raises(Changed):
        objects.create("one", b"2")
    second = objects.replace("one", b"2", first)
    with pytest.raises(Changed):
        objects.replace("one", b"3", first)
    assert objects.read("one") == (b"2", second)
    objects.remove("one")
    objects.remove("one")
    assert objects.look("one") is None
    with pytest.raises(FileNotFoundError):
        objects.read("one")
