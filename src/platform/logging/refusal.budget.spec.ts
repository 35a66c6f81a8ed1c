import { RefusalBudget, type Unlogged } from './refusal.budget';

describe(RefusalBudget.name, () => {
  it('lets twenty of each kind through, and counts the rest', () => {
    const reported: Unlogged[] = [];
    const budget = new RefusalBudget((unlogged) => reported.push(unlogged));
    const taken = Array.from({ length: 50 }, () => budget.take('one')).filter(Boolean);
    expect([taken.length, budget.take('other')]).toEqual([20, true]);
    expect(reported).toEqual([]);
    budget.endWindow();
    expect(reported).toEqual([{ kind: 'one', count: 30 }]);
    expect(budget.take('one')).toBe(true);
    budget.endWindow();
    expect(reported).toHaveLength(1);
  });

  it('ends its window by itself', async () => {
    const reported = new Promise<Unlogged>((resolve) => {
      const budget = new RefusalBudget(resolve, 50);
      for (let count = 0; count < 21; count++) budget.take('one');
    });
    expect(await reported).toEqual({ kind: 'one', count: 1 });
  });
});
