"""A mail server that takes what is sent after STARTTLS and a login: port, certificate, key, file."""

import asyncio
import json
import ssl
import sys
from email import message_from_bytes, policy

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


class Sink:
    def __init__(self, file):
        self.file = file

    async def handle_DATA(self, server, session, envelope):
        message = message_from_bytes(envelope.content, policy=policy.default)
        mail = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "tls": session.ssl is not None,
            "login": session.auth_data,
            "headers": dict(message.items()),
            "text": message.get_body(("plain",)).get_content(),
            "html": message.get_body(("html",)).get_content(),
        }
        print(json.dumps(mail), file=self.file, flush=True)
        return "250 taken"


def login(server, session, envelope, mechanism, data):
    if not isinstance(data, LoginPassword):
        return AuthResult(success=False, handled=False)
    return AuthResult(success=True, auth_data=f"{mechanism} {data.login.decode()}:{data.password.decode()}")


async def main(port, certificate, key, path):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    sink = Sink(open(path, "a", encoding="utf-8"))

    def serve():
        return SMTP(sink, tls_context=context, require_starttls=True, authenticator=login, auth_required=True)

    server = await asyncio.get_running_loop().create_server(serve, "127.0.0.1", int(port))
    print("listening", flush=True)
    await server.serve_forever()


asyncio.run(main(*sys.argv[1:]))
