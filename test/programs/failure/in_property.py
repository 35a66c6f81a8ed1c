class Sensor:
    @property
    def value(self):
        raise RuntimeError("sensor offline")


sensor = Sensor()
print("reading")
sensor.value
