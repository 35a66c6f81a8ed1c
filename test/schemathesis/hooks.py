"""What Schemathesis cannot know of the service from its description."""

import re

import schemathesis


@schemathesis.hook
def before_call(ctx, case, **kwargs):
    """Leads webhooks to where nobody is (RFC 2606, section 2): the host's name is made up, but might be somebody's."""
    body = case.body
    if isinstance(body, dict) and isinstance(body.get("webhook_url"), str):
        body["webhook_url"] = re.sub(r"^(https?://)[^/?#]+", r"\1receiver.invalid", body["webhook_url"], flags=re.I)


@schemathesis.check
def valid_request_is_accepted(ctx, response, case):
    """A 400 may be the program's, which is made up and mostly no Python: whether its request was accepted shows X-Job-Id."""
    is_execution = case.operation.label == "POST /v1/code/execute/python"
    if is_execution and case.meta is not None and case.meta.generation.mode.is_positive:
        is_known = response.status_code in {400, 408} and "x-job-id" not in response.headers
        assert not is_known, f"a valid request was refused: {response.text}"
