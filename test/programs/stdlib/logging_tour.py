import io
import logging
import logging.handlers
import sys

stream = io.StringIO()
handler = logging.StreamHandler(stream)
handler.setFormatter(logging.Formatter("%(levelname)-7s %(name)s:%(lineno)d %(message)s"))
logger = logging.getLogger("shop.cart")
logger.addHandler(handler)
logger.setLevel(logging.INFO)
logger.propagate = False
logger.debug("invisible")
logger.info("added %s × %d", "ñandú", 2)
try:
    {}["missing"]
except KeyError:
    logger.exception("lookup failed")
print(stream.getvalue().splitlines()[0])
print(stream.getvalue().splitlines()[-1])

rotating = logging.handlers.RotatingFileHandler("/tmp/app.log", maxBytes=60, backupCount=1)
logger.addHandler(rotating)
for number in range(4):
    logger.warning("message number %d", number)
rotating.close()
print(open("/tmp/app.log").read(), end="")

logging.basicConfig(format="%(levelname)s|%(message)s", level=logging.INFO, stream=sys.stderr)
logging.getLogger("root.child").error("to stderr")
logging.info("and this")
