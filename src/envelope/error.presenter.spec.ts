import { ERROR_CATALOGUE, type PublicErrorEntry } from '../domain/error-catalogue';
import { presentError } from './error.presenter';

describe(presentError.name, () => {
  it('presents an internal error with the four members of its own', () => {
    expect(presentError(ERROR_CATALOGUE.internal)).toEqual({
      status: 500,
      body: '{"error":"An internal server error occurred","stdout":"","stderr":"","exit_code":500}',
      headers: {},
    });
  });

  const others = Object.entries<PublicErrorEntry>(ERROR_CATALOGUE).filter(([, { status }]) => status !== 500);

  it.each(others)('presents %s with three members', (_code, entry) => {
    const { status, body } = presentError(entry);
    expect(status).toBe(entry.status);
    expect(body).toBe(`{"error":${JSON.stringify(entry.sentence)},"stdout":"","exit_code":${entry.status}}`);
  });

  it.each(others.filter(([, { status }]) => status === 429 || status === 503))(
    'says when to retry %s',
    (_code, entry) => {
      expect(presentError(entry).headers).toEqual({ 'Retry-After': expect.stringMatching(/^[1-9]\d*$/) });
    },
  );
});
