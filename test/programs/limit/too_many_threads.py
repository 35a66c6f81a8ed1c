import threading
import time

print("starting threads", flush=True)
gate = threading.Event()
while True:
    threading.Thread(target=gate.wait, args=(20,), daemon=True).start()
