"""Where messages may go: to the open internet by https, and nowhere else, however the address is written."""

from typing import Any

import pytest

from webhooks.addresses import NoSuchPort, NoTarget, Target, is_public, target_of


@pytest.mark.parametrize(
    ("written", "sent_to"),
    [
        ("https://www.saran.fr/crochets", "https://www.saran.fr/crochets"),
        (" https://WWW.Saran.fr ", "https://www.saran.fr/"),
        ("https://saran.fr./a", "https://saran.fr/a"),
        ("https://saran.fr:443/a?cle=é b#fin", None),
        ("https://saran.fr:443/a?cle=é#fin", "https://saran.fr/a?cle=%C3%A9"),
        ("https://saran.fr:8443/a%20b", "https://saran.fr:8443/a%20b"),
        ("https://mairie-évreux.fr/", "https://xn--mairie-vreux-heb.fr/"),
    ],
)
def test_an_address_is_kept_as_it_is_sent_to(written: str, sent_to: str | None) -> None:
    if sent_to is None:
        with pytest.raises(NoTarget):
            target_of(written)
    else:
        assert target_of(written).url == sent_to


@pytest.mark.parametrize(
    "written",
    [
        "",
        "saran.fr",
        "http://saran.fr/",
        "ftp://saran.fr/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://",
        "https:///a",
        "https://moi:secret@saran.fr/",
        "https://saran.fr@127.0.0.1/",
        "https://localhost/",
        "https://intranet/",
        "https://serveur.local/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0177.0.0.1/",
        "https://0x7f.0.0.1/",
        "https://0x7f000001/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[fe80::1%25eth0]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://１２７.０.０.１/",
        "https://saran。fr/",
        "https://sаran.fr/",  # a Cyrillic letter
        "https://saran.fr\\@127.0.0.1/",
        "https://saran.fr/\r\nHost: autre.fr",
        "https://saran.fr:0/",
        "https://saran.fr:99999/",
        f"https://saran.fr/{'a' * 500}",
        f"https://saran.fr/{'é' * 200}",  # longer once it is written as it is sent
    ],
)
def test_what_leads_elsewhere_is_refused(written: str) -> None:
    with pytest.raises(NoTarget):
        target_of(written)


@pytest.mark.parametrize("port", [22, 25, 80, 5432, 6379, 8000])
def test_no_other_port_is_knocked_at(port: int) -> None:
    with pytest.raises(NoSuchPort):
        target_of(f"https://saran.fr:{port}/")


def test_a_program_beside_is_for_a_developers_machine(settings: Any) -> None:
    with pytest.raises(NoTarget):
        target_of("http://127.0.0.1:8099/a")
    settings.WEBHOOKS_TO_THIS_MACHINE = True
    assert target_of("http://127.0.0.1:8099/a") == Target("http", "127.0.0.1", 8099, "/a")
    for elsewhere in ("http://10.0.0.1/", "http://saran.fr/", "http://moi@127.0.0.1/", "http://127.0.0.2/"):
        with pytest.raises(NoTarget):
            target_of(elsewhere)


CLOSED = """
0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 100.100.100.200 127.0.0.1 127.255.255.255 169.254.169.254 169.254.0.1 172.16.0.1
172.31.255.255 192.0.0.1 192.0.0.192 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.19.255.255 198.51.100.1
203.0.113.1 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255 168.63.129.16
:: ::1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b::808:808 64:ff9b:1::1 100::1 fc00::1
fd00:ec2::254 fe80::1 fec0::1 ff02::1 2001::1 2001:db8::1 2002:7f00:1::1 3fff::1 5f00::1 4000::1
saran.fr 127.1 2130706433 0x7f000001
"""


@pytest.mark.parametrize("address", CLOSED.split())
def test_no_closed_network_is_contacted(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "193.70.1.1", "100.63.255.255", "172.32.0.1", "2a01:e0a::1", "2606:4700::1"]
)
def test_the_open_internet_is(address: str) -> None:
    assert is_public(address)
