import { invalidBody, invalidHeader, invalidMember } from './invalid-part';

describe(invalidMember.name, () => {
  // RFC 6901, section 6
  it.each([
    ['foo', '#/foo'],
    ['', '#/'],
    ['a/b', '#/a~1b'],
    ['c%d', '#/c%25d'],
    ['e^f', '#/e%5Ef'],
    ['g|h', '#/g%7Ch'],
    ['i\\j', '#/i%5Cj'],
    ['k"l', '#/k%22l'],
    [' ', '#/%20'],
    ['m~n', '#/m~0n'],
    ['~1', '#/~01'],
    ['ñ', '#/%C3%B1'],
  ])('points at %j by %s', (member, pointer) => {
    expect(invalidMember(member, 'is wrong')).toEqual({ member, pointer, detail: 'is wrong' });
  });

  it('cuts a long name, between the halves of a character too', () => {
    expect(invalidMember('x'.repeat(1_000_000), '')).toMatchObject({
      member: 'x'.repeat(100),
      pointer: `#/${'x'.repeat(100)}`,
    });
    expect(invalidMember(`${'x'.repeat(99)}😀`, '')).toMatchObject({ member: `${'x'.repeat(99)}\ufffd` });
  });

  it('names what is no text by the character for that', () => {
    expect(invalidMember('\ud800', '')).toEqual({ member: '\ufffd', pointer: '#/%EF%BF%BD', detail: '' });
  });
});

describe(invalidBody.name, () => {
  it('points at the whole', () => {
    expect(invalidBody('must be JSON')).toEqual({ pointer: '#', detail: 'must be JSON' });
  });
});

describe(invalidHeader.name, () => {
  it('names the header', () => {
    expect(invalidHeader('Host', 'is required')).toEqual({ header: 'Host', detail: 'is required' });
  });
});
