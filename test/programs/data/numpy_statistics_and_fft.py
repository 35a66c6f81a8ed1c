import numpy as np

t = np.arange(64) / 64
signal = 3 * np.sin(2 * np.pi * 5 * t) + np.cos(2 * np.pi * 12 * t)
spectrum = np.abs(np.fft.rfft(signal)) / 32
peaks = np.argsort(spectrum)[-2:][::-1]
print(peaks, spectrum[peaks].round(6))
sample = np.array([2, 4, 4, 4, 5, 5, 7, 9])
print(np.percentile(sample, [25, 50, 75]), np.std(sample), np.median(sample), np.histogram(sample, bins=[0, 4, 6, 10])[0])
print(np.corrcoef([1, 2, 3], [2, 4, 6])[0, 1].round(6), np.average([1, 2], weights=[3, 1]))
print(np.convolve([1, 2, 3], [1, 1]), np.interp(2.5, [1, 2, 3], [10, 20, 30]), np.gradient([1.0, 4.0, 9.0]))
with np.errstate(divide="ignore", invalid="ignore"):
    ratio = np.array([1.0, 0.0]) / np.array([0.0, 0.0])
print(ratio, np.nanmean([1.0, np.nan, 3.0]))
int(peaks[0])
