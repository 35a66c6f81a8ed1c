import os

os.rmdir("/tmp/nowhere")
