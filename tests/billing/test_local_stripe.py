"""`make run` starts the fake where no key of Stripe is set, and the platform then asks it alone."""

import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from config.keys import refuse_mixed_stripe
from deploy.local.run import _programs, _stripe, _welcome
from deploy.local.services import free_port
from tests.billing.fake import opener
from tests.processes import ROOT, eventually


def test_without_a_key_the_platform_has_the_fake_s_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    given = _stripe(12111)
    refuse_mixed_stripe(
        key=given["STRIPE_SECRET_KEY"], base=given["STRIPE_API_BASE"], secrets=[given["STRIPE_WEBHOOK_SECRETS"]]
    )
    command = " ".join(_programs(8000, 1025, 1080, 12111)["stripe"])
    assert f"--port 12111 --key {given['STRIPE_SECRET_KEY']} " in command
    assert f"--webhook-secret {given['STRIPE_WEBHOOK_SECRETS']} " in command
    _welcome(8000, 1080, 12111, 1)
    assert "Stripe              a fake, at http://127.0.0.1:12111/_fake/" in capsys.readouterr().out


def test_with_a_key_there_is_no_fake(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("STRIPE_SECRET_KEY", "sk_test_given")
    monkeypatch.setenv("STRIPE_WEBHOOK_SECRETS", "whsec_given")
    assert _stripe(None) == {
        "STRIPE_SECRET_KEY": "sk_test_given",
        "STRIPE_WEBHOOK_SECRETS": "whsec_given",
        "STRIPE_API_BASE": "",
    }
    assert "stripe" not in _programs(8000, 1025, 1080, None)
    _welcome(8000, 1080, None, 1)
    assert "fake" not in capsys.readouterr().out


def test_it_answers_as_a_program_and_keeps_what_it_has(tmp_path: Path) -> None:
    port, kept = free_port(), tmp_path / "stripe.json"
    command = [sys.executable, "-m", "deploy.local.fake_stripe", "--port", str(port), "--key", "sk_test_fake_x"]
    process = subprocess.Popen([*command, "--state", str(kept)], cwd=ROOT)
    try:

        def answers() -> bool:
            try:
                return bool(opener().open(f"http://127.0.0.1:{port}/_fake/", timeout=2).status == 200)
            except OSError:
                return False

        assert eventually(answers)
        moved = urllib.request.Request(f"http://127.0.0.1:{port}/_fake/clock", b'{"days": 400}')
        moved.add_header("Content-Type", "application/json")
        opener().open(moved).close()
        assert '"ahead": 34560000' in kept.read_text()
    finally:
        process.terminate()
        process.wait(10)
