import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { keep } from '../../report/output.ts';
import { jsonOf, type MatrixDocument } from './document.ts';
import { htmlOf } from './html.ts';
import { junitOf } from './junit.ts';
import { terminalOf } from './terminal.ts';

/** Writes a matrix into a folder in every form: `matrix.html`, `.json`, `.xml` (JUnit) and `.txt`. */
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
      keep(path.join(folder, `matrix.${form}`), form, forms[form]),
    ),
  );
}
