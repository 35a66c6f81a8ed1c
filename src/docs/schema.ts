import { type ReferenceObject, type SchemaObject } from '@nestjs/swagger';

export type Schema = SchemaObject | ReferenceObject;

/** An object with exactly these members. @param optional those that may be absent */
export function closed(properties: Readonly<Record<string, Schema>>, optional: readonly string[] = []): SchemaObject {
  return {
    type: 'object',
    required: Object.keys(properties).filter((name) => !optional.includes(name)),
    properties: { ...properties },
    additionalProperties: false,
  };
}

/** Exactly these values, all of one type. */
export function oneOf(...values: readonly (string | number)[]): SchemaObject {
  return { type: typeof values[0] === 'number' ? 'integer' : 'string', enum: [...values] };
}

export function text(description: string): SchemaObject {
  return { type: 'string', description };
}

export function count(description: string): SchemaObject {
  return { type: 'integer', minimum: 0, description };
}

export function seconds(description: string): SchemaObject {
  return { type: 'number', minimum: 0, description: `${description}, in seconds, to 3 decimals` };
}

export function time(description: string): SchemaObject {
  return { type: 'string', format: 'date-time', description: `${description}, in UTC` };
}

/** The same, or null. */
export function nullable(schema: SchemaObject): SchemaObject {
  return {
    ...schema,
    type: [schema.type as string, 'null'],
    ...(schema.enum && { enum: [...(schema.enum as unknown[]), null] }),
  };
}

export function reference(name: string): ReferenceObject {
  return { $ref: `#/components/schemas/${name}` };
}
