/** A page as small as a page can be. Whoever drives the login reads the title and fills in the form. */
export function page(title: string, body: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>${title}</title></head>
<body>
<h1>${title}</h1>
${body}
</body>
</html>
`;
}

/** What the page at the end of a login says. */
export const loginSucceeded = 'Login succeeded';
