import { Transform } from 'class-transformer';
import { ValidateBy } from 'class-validator';

/** How the text of an environment variable becomes a value, and the rule it breaks when it cannot. */
export interface SettingFormat<T> {
  /** Completes the sentence "NAME must be …". Never repeats the value: it may be a secret. */
  readonly rule: string;
  /** The value, or undefined when the text breaks the rule. */
  parse(text: string): T | undefined;
}

/** Declares a property of `Settings` that an environment variable of the same name in UPPER_SNAKE_CASE sets. */
export function Setting(format: SettingFormat<unknown>): PropertyDecorator {
  const transform = Transform(({ value }) => format.parse(value as string));
  const validate = ValidateBy({
    name: 'setting',
    validator: { validate: (value) => value !== undefined, defaultMessage: () => format.rule },
  });
  return (target, property) => {
    transform(target, property);
    validate(target, property);
  };
}
