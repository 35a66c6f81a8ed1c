import { type SettingFormat } from './setting.decorator';

/** Origins as browsers write them in `Origin` (RFC 6454, section 6.2), or `*` for any. */
export const origins: SettingFormat<string[]> = {
  rule: '* or a list of origins such as https://app.example.com with "," between them',
  parse: (text) => {
    const entries = text.split(',').map((entry) => entry.trim());
    return text === '*' || entries.every(isOrigin) ? entries : undefined;
  },
};

function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}
