import { selectPreload } from './preload.selector';

const SETS = [['asyncio', 'xml.etree.ElementTree', 'subprocess'], ['numpy'], ['numpy', 'pandas']];
const [NONE, LIBRARY, NUMPY, PANDAS] = [-1, 0, 1, 2];

describe(selectPreload.name, () => {
  it.each([
    ['', NONE],
    ['print("numpy")', NONE],
    ['import json', NONE],
    ['important = numpy', NONE],
    ['import numpy', NUMPY],
    ['import numpy as np', NUMPY],
    ['import numpy.linalg', NUMPY],
    ['import numpy.linalg as la, sys', NUMPY],
    ['import sys, numpy', NUMPY],
    ['import sys as s,numpy as np,os', NUMPY],
    ['import  \tnumpy', NUMPY],
    ['from numpy import array', NUMPY],
    ['from numpy.random import default_rng as rng', NUMPY],
    ['from numpy import (\n  array,\n)', NUMPY],
    ['import pandas', PANDAS],
    ['import pandas as pd\nimport numpy as np', PANDAS],
    ['import numpy as np\nfrom pandas import DataFrame', PANDAS],
    ['import asyncio', LIBRARY],
    ['import xml.sax', LIBRARY],
    ['from xml.etree import ElementTree as ET', LIBRARY],
    ['import asyncio, subprocess, numpy', LIBRARY],
    ['def f():\n    import numpy', NUMPY],
    ['if True:\n\timport numpy', NUMPY],
    ['try: import numpy\nexcept ImportError: pass', NUMPY],
    ['x = 1; import numpy; y = 2', NUMPY],
    ['import sys;import numpy', NUMPY],
    ['import numpy # for speed', NUMPY],
    ['import sys # import numpy', NONE],
    ['# import numpy', NONE],
    ['x = 1\r\nimport numpy\r\n', NUMPY],
    ['import numpyro', NONE],
    ['import my.numpy', NONE],
    ['from my import numpy', NONE],
    ['from . import numpy', NONE],
    ['from .numpy import x', NONE],
    ['import', NONE],
    ['from numpy', NONE],
    ['import ,,,', NONE],
    ['\0\ud800import numpy', NONE],
  ])('given %j chooses set %d', (code, index) => {
    expect(selectPreload(code, SETS)).toBe(index);
  });

  it('takes the smaller of two sets that serve as well, wherever it stands', () => {
    expect(selectPreload('import numpy', [['numpy', 'pandas'], ['numpy']])).toBe(1);
    expect(selectPreload('import numpy', [['numpy'], ['numpy', 'pandas']])).toBe(0);
  });

  it('counts a package once, however many of its modules a set has', () => {
    expect(
      selectPreload('import xml, numpy, pandas', [
        ['xml.a', 'xml.b', 'xml.c'],
        ['numpy', 'pandas'],
      ]),
    ).toBe(1);
  });

  it('chooses none where there are none', () => {
    expect(selectPreload('import numpy', [])).toBe(NONE);
    expect(selectPreload('import numpy', [[]])).toBe(NONE);
  });

  it('looks for imports at the top of a large program only', () => {
    expect(selectPreload(`import numpy\n${'x = 1\n'.repeat(100_000)}`, SETS)).toBe(NUMPY);
    expect(selectPreload(`${'x = 1\n'.repeat(100_000)}import numpy\n`, SETS)).toBe(NONE);
  });

  // With a pattern that backtracks, these would run into the test's time limit.
  it.each([
    ['import ', 200_000],
    ['import a,', 200_000],
    ['\n', 1_000_000],
    ['\t', 1_000_000],
    ['\n \t', 300_000],
    ['from a.', 200_000],
    ['from ', 200_000],
    [`from ${'a.'.repeat(1000)}\n`, 500],
    [';:', 500_000],
    [' as as as import', 100_000],
  ])('is through with %j repeated %d times', (piece, times) => {
    expect(selectPreload(`import\n${piece.repeat(times)}`, SETS)).toBe(NONE);
  });
});
