/**
 * What is run. `output` is the exact stdout on every side; `aim` is the least number of times as many requests per
 * second as bare Python that this service is meant to answer.
 */
export const PROGRAMS = [
  { name: 'print', code: 'print("Hello")', output: 'Hello\n', aim: 2.3 },
  { name: 'numpy', code: 'import numpy as np; print(np.arange(1000).sum())', output: '499500\n', aim: 15 },
  {
    name: 'pandas',
    code: `import pandas as pd
frame = pd.DataFrame({"team": ["a", "b", "a", "c", "b", "a"], "points": [1, 2, 3, 4, 5, 6]})
print(frame.groupby("team")["points"].sum().to_dict())`,
    output: "{'a': 10, 'b': 7, 'c': 4}\n",
    aim: 22,
  },
  { name: '1 MB', code: 'print("x" * 1_000_000)', output: `${'x'.repeat(1_000_000)}\n`, aim: 1 },
];

/** With one caller, the service's median latency for the first program, as a part of bare Python's: at most this. */
export const IDLE_LATENCY_AIM = 0.6;
