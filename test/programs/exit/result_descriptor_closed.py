import os

print("before")
os.closerange(3, 1024)
return 4
