import { parseSettings } from './settings.loader';
import { shortSecrets } from './short-secrets';

describe(shortSecrets.name, () => {
  it('names those of fewer than 12 characters', () => {
    const settings = parseSettings({ ADMIN_PASSWORD: 'elevenchars', METRICS_TOKEN: 'short' });
    expect(shortSecrets(settings)).toEqual(['ADMIN_PASSWORD', 'METRICS_TOKEN']);
  });

  it('names none that is longer or not set', () => {
    expect(shortSecrets(parseSettings({ ADMIN_PASSWORD: 'twelve-chars' }))).toEqual([]);
  });
});
