import { type CorpusRow, predictedOf, tallyOf } from './verdicts.ts';

export function corpusTable(rows: readonly CorpusRow[], about: string): string {
  const cells = rows.map((row) => {
    const { migration, observed: result, agreement } = row;
    const changes = result.changes.length === 0 ? [] : [`catalogue: ${result.changes.join('; ')}`];
    return [
      migration.file,
      migration.hidden === undefined ? migration.what : `${migration.what} (hidden: ${migration.hidden})`,
      predictedOf(row).join(', '),
      result.executed.join('; '),
      [`N: ${result.outcomes.join(', ')}`, ...changes].join('; '),
      agreement,
      explanation(migration.falseAlarm, result.details),
    ];
  });
  const table = [
    ['migration', 'what it does', 'predicted', 'executed', 'observed', 'verdict', 'seen / why'],
    ['---', '---', '---', '---', '---', '---', '---'],
    ...cells,
  ];
  return [
    `# Predicted, executed, observed`,
    '',
    about,
    '',
    ...table.map((row) => `| ${row.map(cell).join(' | ')} |`),
    '',
    summary(rows),
    '',
  ].join('\n');
}

export function summary(rows: readonly CorpusRow[]): string {
  const { agrees, warned, falseAlarms, missed, surprising, outcomes } = tallyOf(rows);
  const seen = [...outcomes].map(([outcome, count]) => `${count} ${outcome}`).join(', ');
  return `corpus: ${rows.length} migrations (${seen}): ${agrees} predicted, ${warned} warned of, ${falseAlarms} false alarms explained, ${missed} missed, ${surprising} unlike the corpus says`;
}

function explanation(falseAlarm: string | undefined, details: readonly string[]): string {
  return falseAlarm ?? details[0] ?? '';
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ').slice(0, 240);
}
