import statistics as st

sample = [2, 4, 4, 4, 5, 5, 7, 9]
print(st.mean(sample), st.median(sample), st.mode(sample), st.pstdev(sample))
print(st.quantiles(sample, n=4), st.multimode("aabbc"))
print(round(st.stdev(sample), 12), st.harmonic_mean([40, 60]), round(st.geometric_mean([54, 24, 36]), 9))
slope, intercept = st.linear_regression([1, 2, 3, 4], [3, 5, 7, 9])
print(slope, intercept, round(st.correlation([1, 2, 3], [6, 4, 2]), 9))
normal = st.NormalDist(100, 15)
print(round(normal.cdf(130), 6), round(normal.inv_cdf(0.975), 6))
{"variance": st.variance(sample), "fmean": st.fmean(sample)}
