import { resolve } from 'node:path';
import { parseRedisAddress, type RedisAddress } from './redis-address';
import { type SettingFormat } from './setting.decorator';

/** A whole number in plain decimal digits: no sign, fraction, exponent or unit. */
export function integer(min: number, max: number): SettingFormat<number> {
  return {
    rule: `a whole number from ${min} to ${max}`,
    parse: (text) => within(/^\d{1,15}$/, text, min, max),
  };
}

/** A number in plain decimal digits, a fraction allowed. */
export function decimal(min: number, max: number): SettingFormat<number> {
  return {
    rule: `a number from ${min} to ${max}`,
    parse: (text) => within(/^\d{1,15}(\.\d{1,15})?$/, text, min, max),
  };
}

/** One of a few words. */
export function oneOf<const T extends string>(words: readonly T[]): SettingFormat<T> {
  return {
    rule: `one of ${words.join(', ')}`,
    parse: (text) => words.find((word) => word === text),
  };
}

/** Yes or no. */
export const flag: SettingFormat<boolean> = {
  rule: 'true or false',
  parse: (text) => (text === 'true' ? true : text === 'false' ? false : undefined),
};

/** Any text on one line. */
export const line: SettingFormat<string> = {
  rule: 'text on a single line',
  parse: (text) => (/[\0\r\n]/.test(text) ? undefined : text),
};

/** A file or directory; a relative one counts from the working directory. */
export const path: SettingFormat<string> = {
  rule: 'the path of a file or directory',
  parse: (text) => (text.includes('\0') ? undefined : resolve(text)),
};

/** A password or token, as it can stand in a header. */
export const secret: SettingFormat<string> = {
  rule: 'visible ASCII characters',
  parse: (text) => (/^[\x21-\x7e]+$/.test(text) ? text : undefined),
};

/** Where something is that speaks HTTP. */
export const httpUrl: SettingFormat<string> = {
  rule: 'a URL that begins with http:// or https://',
  parse: (text) => (/^https?:\/\/[^/\s]\S*$/.test(text) && URL.canParse(text) ? text : undefined),
};

/** Where Redis is. */
export const redisAddress: SettingFormat<RedisAddress> = {
  rule: 'a URL that begins with redis://, rediss:// or unix://, or redis+sentinel://host:port,host:port/master or redis+cluster://host:port,host:port',
  parse: parseRedisAddress,
};

/** Sets of Python modules: `;` between sets, `,` between the modules of one. */
export const moduleSets: SettingFormat<string[][]> = {
  rule: 'names of Python modules, "," between the modules of a set and ";" between sets',
  parse: (text) => {
    const sets = text.split(';').map((set) => set.split(',').map((name) => name.trim()));
    const filled = sets.filter((set) => set.some((name) => name !== ''));
    return filled.flat().every(isModuleName) ? filled : undefined;
  },
};

function isModuleName(name: string): boolean {
  return /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/.test(name);
}

function within(form: RegExp, text: string, min: number, max: number): number | undefined {
  const value = Number(text);
  return form.test(text) && value >= min && value <= max ? value : undefined;
}
