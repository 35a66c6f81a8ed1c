import { Validator } from '@seriousme/openapi-schema-validator';
import { DescribedApi } from '../../test/support/described-api';
import { ERROR_CATALOGUE } from '../domain/error-catalogue';
import { COMMON_HEADERS } from './headers';
import { OPENAPI_DOCUMENT } from './openapi.document';

describe('OPENAPI_DOCUMENT', () => {
  it('is OpenAPI 3.1', async () => {
    const document = JSON.parse(JSON.stringify(OPENAPI_DOCUMENT)) as Record<string, unknown>;
    expect(await new Validator().validate(document)).toMatchObject({ valid: true });
    expect(OPENAPI_DOCUMENT.openapi).toMatch(/^3\.1\./);
  });

  it('has examples that are as it says', () => {
    const api = new DescribedApi(OPENAPI_DOCUMENT);
    const examples = api.examples();
    expect(examples.length).toBeGreaterThan(100);
    expect(examples.flatMap(({ schema, value }) => api.problems(schema, value))).toEqual([]);
  });

  it('shows each error that there is, in both of its forms', () => {
    const text = JSON.stringify(OPENAPI_DOCUMENT.paths);
    for (const { sentence } of Object.values(ERROR_CATALOGUE)) {
      expect(text).toContain(`"error":${JSON.stringify(sentence)}`);
      expect(text).toContain(`"title":${JSON.stringify(sentence)}`);
    }
  });

  it('names each operation once', () => {
    const operations = Object.values(OPENAPI_DOCUMENT.paths).flatMap(({ get, post, delete: remove }) => [
      get,
      post,
      remove,
    ]);
    const ids = operations.flatMap((operation) => operation?.operationId ?? []);
    expect([...new Set(ids)]).toEqual(ids);
    expect(ids).toHaveLength(operations.filter(Boolean).length);
  });

  it('says of every answer what all have', () => {
    const answers = Object.values(OPENAPI_DOCUMENT.paths).flatMap(({ get, post, delete: remove }) =>
      [get, post, remove].flatMap((operation) => Object.values(operation?.responses ?? {})),
    );
    expect(answers.length).toBeGreaterThan(50);
    for (const answer of answers) expect(answer).toMatchObject({ headers: COMMON_HEADERS });
  });
});
