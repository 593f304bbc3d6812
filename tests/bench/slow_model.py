"""A server that speaks the Messages API and writes slowly, to many readers at once."""

import argparse
import asyncio
from typing import Final

from tests.support.model_server import message_end, message_start, text_delta

HEAD: Final = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
)
PIECE: Final = text_delta("Five more words of it. ")


async def _serve(port: int, *, pieces: int, pause: float) -> None:
    async def respond(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        writer.write(HEAD + _chunk(message_start()))
        for _ in range(pieces):
            writer.write(_chunk(PIECE))
            await writer.drain()
            await asyncio.sleep(pause)
        writer.write(_chunk(message_end()) + b"0\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(respond, "127.0.0.1", port, backlog=512) as server:
        await server.serve_forever()


def _chunk(part: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(part), part)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--pieces", type=int, required=True)
    parser.add_argument("--pause", type=float, required=True)
    options = parser.parse_args()
    asyncio.run(_serve(options.port, pieces=options.pieces, pause=options.pause))
