import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { type HeadersObject, type OpenAPIObject, type ReferenceObject } from '@nestjs/swagger';

/** The part of an operation's answers that is looked at. */
interface DescribedAnswer {
  readonly headers?: Readonly<Record<string, { readonly required?: boolean } | ReferenceObject>>;
  readonly content?: Readonly<Record<string, object>>;
}

/** How a message is brought over a connection; a description does not have these (OpenAPI 3.1, "Response Object"). */
const FRAMING = new Set(['connection', 'content-length', 'content-type', 'date', 'keep-alive', 'transfer-encoding']);

/** An answer to hold against the description. `body` is the parsed JSON, or the text of anything else. */
export interface SeenAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** The description of the API, as something that answers can be held against. */
export class DescribedApi {
  private readonly ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });

  constructor(private readonly document: OpenAPIObject) {
    addFormats(this.ajv);
    // To its own rules the document is a schema with words that it does not know.
    this.ajv.addVocabulary(Object.keys(document));
    this.ajv.addSchema(document, 'api', false, false);
  }

  /** What is wrong with a value by the schema at a place of the document; empty when nothing is. @param place keys from the root */
  problems(place: readonly string[], value: unknown): string[] {
    const pointer = place.map((key) => encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
    const validate = this.ajv.compile({ $ref: `api#/${pointer}` });
    return validate(value) ? [] : [`${place.join(' ')}: ${this.ajv.errorsText(validate.errors)}`];
  }

  /** What of an answer is not as it is described: status, content type, body, headers. */
  deviations(method: string, path: string, { status, headers, body }: SeenAnswer): string[] {
    const place = ['paths', path, method.toLowerCase(), 'responses', `${status}`];
    const described = place.reduce<unknown>(
      (node, key) => (node as Record<string, unknown> | undefined)?.[key],
      this.document,
    ) as DescribedAnswer | undefined;
    if (described === undefined) return [`${method} ${path}: ${status} is not described`];
    const wrong = this.wrongHeaders(described, headers).map((what) => `${method} ${path}: ${status} ${what}`);
    const type = headers.get('content-type')?.split(';')[0] ?? null;
    if (described.content === undefined || type === null) {
      return type === null && described.content === undefined
        ? wrong
        : [...wrong, `${status} has type ${type ?? 'none'}`];
    }
    if (!(type in described.content)) return [...wrong, `${method} ${path}: ${status} has type ${type}`];
    return [...wrong, ...this.problems([...place, 'content', type, 'schema'], body)];
  }

  private wrongHeaders({ headers: described = {} }: DescribedAnswer, seen: Headers): string[] {
    const shared: HeadersObject = this.document.components?.headers ?? {};
    const names = new Set(Object.keys(described).map((name) => name.toLowerCase()));
    return [
      ...Object.entries(described)
        .filter(([name, header]) => {
          const { required } = '$ref' in header ? (shared[name] as { required?: boolean }) : header;
          return required === true && !seen.has(name);
        })
        .map(([name]) => `lacks ${name}`),
      ...[...seen.keys()].filter((name) => !FRAMING.has(name) && !names.has(name)).map((name) => `has a ${name}`),
    ];
  }

  /** Every example of the document beside a schema, and where that is. */
  examples(): { readonly schema: readonly string[]; readonly value: unknown }[] {
    return [...findExamples(this.document, [])];
  }
}

function* findExamples(
  node: unknown,
  place: readonly string[],
): Generator<{ readonly schema: readonly string[]; readonly value: unknown }> {
  if (typeof node !== 'object' || node === null) return;
  const { schema, examples } = node as { schema?: object; examples?: Record<string, { value: unknown }> };
  if (schema !== undefined && examples !== undefined) {
    for (const { value } of Object.values(examples)) yield { schema: [...place, 'schema'], value };
  }
  for (const [key, child] of Object.entries(node)) {
    if (key !== 'examples') yield* findExamples(child, [...place, key]);
  }
}
