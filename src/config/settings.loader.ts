import { registerAs } from '@nestjs/config';
import { plainToInstance } from 'class-transformer';
import { type ValidationError, validateSync } from 'class-validator';
import { snakeCase } from '../domain/snake-case';
import { StartupError } from '../domain/startup-error';
import { Settings } from './settings';

// Compose files and shells pass an unset variable on as an empty one; only here does empty say something ("no sets").
const MEANINGFUL_WHEN_EMPTY = new Set(['PYTHON_PRELOAD']);

/** Reads and validates the process's environment. */
export const loadSettings = registerAs('settings', () => parseSettings(process.env));

/**
 * An empty variable counts as absent, except `PYTHON_PRELOAD`.
 * @throws StartupError that names each bad setting and its rule, never its value
 */
export function parseSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const settings = plainToInstance(Settings, presentVariables(environment));
  const errors = validateSync(settings);
  if (errors.length > 0) throw new StartupError(errors.map(describeError).join('\n'));
  return settings;
}

function presentVariables(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const present: Record<string, string> = {};
  for (const property of Object.keys(new Settings())) {
    const name = variableName(property);
    const text = environment[name];
    if (text !== undefined && (text !== '' || MEANINGFUL_WHEN_EMPTY.has(name))) present[property] = text;
  }
  return present;
}

function describeError({ property, constraints }: ValidationError): string {
  return `${variableName(property)} must be ${Object.values(constraints ?? {}).join(' and ')}`;
}

/** `maxBodyBytes` → `MAX_BODY_BYTES` */
function variableName(property: string): string {
  return snakeCase(property).toUpperCase();
}
