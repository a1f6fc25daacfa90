"""python -m deploy.local.fake_stripe --port 12111 --key sk_test_fake_x [--webhook-url … --webhook-secret …]"""

import argparse
import threading
import time
from pathlib import Path

from deploy.local.fake_stripe.fake import Fake
from deploy.local.fake_stripe.server import Server
from deploy.local.fake_stripe.webhooks import Sender


def main() -> None:
    parser = argparse.ArgumentParser(prog="fake_stripe", description="A Stripe of our own, on the loopback.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--webhook-url", default="")
    parser.add_argument("--webhook-secret", default="")
    parser.add_argument("--state", type=Path, help="a file that keeps the account from one run to the next")
    given = parser.parse_args()
    fake = Fake(file=given.state)
    sender = Sender(fake, given.webhook_url, given.webhook_secret)
    server = Server(fake, sender, key=given.key, port=given.port)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    while True:
        fake.live()
        sender.send()
        time.sleep(0.5)


if __name__ == "__main__":
    main()
