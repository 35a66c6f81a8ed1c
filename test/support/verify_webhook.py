"""Says which of some secrets a webhook's signature can be verified with, by the library that receivers use."""

import json
import sys

from standardwebhooks import Webhook, WebhookVerificationError


def verifies(secret: str, body: str, headers: dict[str, str]) -> bool:
    try:
        Webhook(secret).verify(body, headers)
    except WebhookVerificationError:
        return False
    return True


question = json.load(sys.stdin)
answers = [verifies(secret, question["body"], question["headers"]) for secret in question["secrets"]]
json.dump(answers, sys.stdout)
