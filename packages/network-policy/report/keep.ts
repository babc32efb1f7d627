import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { writeReport } from '@meho/core/report/output';
import { jsonOf, type MatrixDocument } from './document.ts';
import { htmlOf } from './html.ts';
import { junitOf } from './junit.ts';
import { terminalOf } from './terminal.ts';

/** Writes `matrix.html`, `.json`, `.xml` (JUnit) and `.txt`. */
export async function keepReports(folder: string, document: MatrixDocument): Promise<void> {
  const forms = {
    html: htmlOf(document),
    json: jsonOf(document),
    xml: junitOf(document),
    txt: terminalOf(document, { colour: false }),
  };
  await mkdir(folder, { recursive: true });
  await Promise.all(
    (['html', 'json', 'xml', 'txt'] as const).map((form) =>
      writeReport(path.join(folder, `matrix.${form}`), form, forms[form]),
    ),
  );
}
