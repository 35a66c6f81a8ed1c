import email
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from datetime import datetime, timezone

message = EmailMessage()
message["Subject"] = "Reunión de año nuevo"
message["From"] = "Ana <ana@example.com>"
message["To"] = "bo@example.com, eve@example.com"
message["Date"] = format_datetime(datetime(2024, 1, 1, tzinfo=timezone.utc))
message.set_content("¡Hola!\n")
message.add_alternative("<p>¡Hola!</p>", subtype="html")
message.add_attachment(b"\x00\x01", maintype="application", subtype="octet-stream", filename="dato.bin")
raw = message.as_bytes()
print(b"=?utf-8?" in raw)

parsed = email.message_from_bytes(raw, policy=policy.default)
print(parsed["subject"], [address.addr_spec for address in parsed["to"].addresses])
print([part.get_content_type() for part in parsed.walk()])
print(parsed.get_body(("plain",)).get_content().strip())
print([(part.get_filename(), part.get_content()) for part in parsed.iter_attachments()])
parseaddr('"Doe, Jane" <jane@example.com>')
