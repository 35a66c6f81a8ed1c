import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { PROJECT_ROOT } from './project';
import { Settings } from './settings';
import { parseSettings } from './settings.loader';

// Their defaults depend on the machine or the version, or are nothing at all: the tables describe them in words.
const DESCRIBED_IN_WORDS = new Set(['workerConcurrency', 'buildNumber']);
type DefaultValue = string | number | boolean | null | string[][];

/** No setting may hold it. */
const BROKEN = '\0';

function variableName(property: string): string {
  return property.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

/** How the tables write a default; null where they describe it in words. */
function writtenDefault(property: string, value: DefaultValue): string | null {
  if (value === null || DESCRIBED_IN_WORDS.has(property)) return null;
  if (Array.isArray(value) && value.length === 0) return null;
  if (Array.isArray(value)) return `\`${value.map((set) => set.join(',')).join(';')}\``;
  const text = `${value}`;
  return `\`${text.startsWith(PROJECT_ROOT) ? relative(PROJECT_ROOT, text) : text}\``;
}

/** The numbers in a setting's rule: its range, or its lengths. */
function ruleNumbers(name: string): string[] {
  try {
    parseSettings({ [name]: BROKEN });
  } catch (error) {
    return (error as Error).message.match(/\d+(\.\d+)?/g) ?? [];
  }
  throw new Error(`${name} may hold a zero byte`);
}

/** The cells of each row of the table of settings. */
function documentedSettings(file: string): Map<string, { shownDefault: string; meaning: string }> {
  const rows = readFileSync(resolve(PROJECT_ROOT, file), 'utf8').matchAll(/^\| `([A-Z_]+)` \| (.+?) \| (.+) \|$/gm);
  return new Map([...rows].map(([, name = '', shownDefault = '', meaning = '']) => [name, { shownDefault, meaning }]));
}

describe(Settings.name, () => {
  const defaults = Object.entries(new Settings()) as [string, DefaultValue][];

  describe.each(['README.md', 'README.es.md'])('in %s', (file) => {
    const documented = documentedSettings(file);

    it('are all there, in order, and nothing else', () => {
      expect([...documented.keys()]).toEqual(defaults.map(([property]) => variableName(property)));
    });

    it.each(defaults)('have their default and the numbers of their rule: %s', (property, value) => {
      const name = variableName(property);
      const { shownDefault = '', meaning = '' } = documented.get(name) ?? {};
      expect(shownDefault).toBe(writtenDefault(property, value) ?? shownDefault);
      for (const number of ruleNumbers(name)) expect(meaning).toMatch(new RegExp(`(?<![\\d.])${number}(?!\\d)`));
    });
  });
});
