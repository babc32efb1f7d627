import type { CreateFunctionStmt, DoStmt, FunctionParameter, Node } from '@pgsql/types';
import { analyzePlpgsql } from '../../plpgsql/analyze-plpgsql.ts';
import { analyzeSql, analyzeStatement } from '../analyze-sql.ts';
import { fold, type Known } from '../expressions/fold.ts';
import { report, type StatementScope } from '../state/scope.ts';
import { printable } from '../state/state.ts';
import { optionsOf, stringOption } from '../syntax/options.ts';
import { nameWords, words } from '../syntax/tree.ts';
import { analyzeCalls } from './calls.ts';

export function visitCode(node: Node, scope: StatementScope): boolean {
  if ('DoStmt' in node) {
    judgeDo(node.DoStmt, scope);
  } else if ('CreateFunctionStmt' in node) {
    rememberRoutine(node.CreateFunctionStmt, scope);
  } else if ('CallStmt' in node) {
    analyzeCalls({ FuncCall: node.CallStmt.funccall }, scope);
  } else if ('PrepareStmt' in node) {
    if (node.PrepareStmt.query !== undefined) {
      analyzeStatement(node.PrepareStmt.query, scope);
    }
  } else if ('ReturnStmt' in node) {
    analyzeCalls(node.ReturnStmt.returnval, scope);
  } else {
    if ('ExecuteStmt' in node) {
      // Already judged at PREPARE.
      analyzeCalls(node.ExecuteStmt.params, scope);
      return true;
    }
    return false;
  }
  return true;
}

/** Exact for dollar quotes, otherwise the literal's start. */
function bodyLocator(scope: StatementScope, body: string): (offset: number) => number {
  const at = scope.source.indexOf(body);
  return at < 0 || body === '' ? () => scope.locate(scope.start) : (offset) => scope.locate(scope.start + at + offset);
}

function judgeDo(statement: DoStmt, scope: StatementScope): void {
  const options = optionsOf(statement.args);
  const body = stringOption(options.get('as')) ?? '';
  const language = stringOption(options.get('language')) ?? 'plpgsql';
  if (language !== 'plpgsql') {
    report(scope, 'cannot-follow', `runs a DO block in ${language}`);
    return;
  }
  inTransaction(scope, () =>
    analyzePlpgsql({ body, source: scope.source, locate: bodyLocator(scope, body) }, new Map(), scope),
  );
}

function rememberRoutine(statement: CreateFunctionStmt, scope: StatementScope): void {
  const { state } = scope;
  const name = words(statement.funcname);
  const key = state.wordsKey(name);
  if (statement.replace === true) {
    if (!state.objects.has(`OBJECT_FUNCTION:${key}`)) {
      report(scope, 'replace-routine', `creates or replaces ${printable(key)}()`);
    }
  } else {
    state.objects.add(`${statement.is_procedure === true ? 'OBJECT_PROCEDURE' : 'OBJECT_FUNCTION'}:${key}`);
  }
  const options = optionsOf(statement.options);
  const language = (stringOption(options.get('language')) ?? 'sql').toLowerCase();
  const body = nameWords(options.get('as')).at(0) ?? '';
  const parameters = (statement.parameters ?? []).flatMap((node) =>
    'FunctionParameter' in node ? [node.FunctionParameter] : [],
  );
  const inputs = parameters.filter(({ mode }) => mode !== 'FUNC_PARAM_OUT' && mode !== 'FUNC_PARAM_TABLE');
  const { source } = scope;
  const locate = bodyLocator(scope, body);
  const judge = (caller: StatementScope, args: readonly (Known | undefined)[]) => {
    // Reported inside the function, with the call as a frame.
    const here = {
      ...caller,
      start: scope.start,
      end: scope.end,
      source,
      statement: scope.statement,
      indexOf: scope.indexOf,
      locate: scope.locate,
      frames: [...scope.frames, ...caller.frames],
    };
    const { lockTimeout, defaultSchema, tempFirst } = here.state;
    for (const option of statement.options ?? []) {
      if ('DefElem' in option && option.DefElem.defname === 'set' && option.DefElem.arg !== undefined) {
        analyzeStatement(option.DefElem.arg, here);
      }
    }
    const hasSettings = optionsOf(statement.options).has('set');
    const bound = bind(inputs, args);
    const known = { ...here, variables: bound };
    for (const { defexpr } of inputs) {
      analyzeCalls(defexpr, known);
    }
    inTransaction(here, () => {
      if (statement.sql_body !== undefined) {
        eachStatement(statement.sql_body, (node) => analyzeStatement(node, known));
      } else if (language === 'plpgsql') {
        analyzePlpgsql({ body, source, locate }, bound, here);
      } else if (language === 'sql') {
        analyzeSql(body, { ...known, locate });
      } else {
        report(here, 'cannot-follow', `calls ${printable(key)}(), written in ${language}`);
      }
    });
    if (hasSettings) {
      here.state.set({ lockTimeout, defaultSchema, tempFirst });
    }
  };
  state.routines.set(key, [...(state.routines.get(key) ?? []), { judge }]);
}

function bind(inputs: readonly FunctionParameter[], args: readonly (Known | undefined)[]): Map<string, Known> {
  const variables = new Map<string, Known>();
  inputs.forEach(({ name, defexpr }, index) => {
    const value = args[index] ?? (index >= args.length ? fold(defexpr, variables) : undefined);
    if (value !== undefined) {
      variables.set(`$${index + 1}`, value);
      variables.set(name ?? `$${index + 1}`, value);
    }
  });
  return variables;
}

/** Functions and blocks run in a transaction whatever surrounds them. */
function inTransaction(scope: StatementScope, judge: () => void): void {
  const { state } = scope;
  const around = state.transaction;
  state.transaction = 'open';
  judge();
  state.transaction = around;
  if (around === 'none') {
    state.locked.clear();
    state.notValid.clear();
  }
}

function eachStatement(node: Node, judge: (statement: Node) => void): void {
  if ('List' in node) {
    for (const item of node.List.items ?? []) {
      eachStatement(item, judge);
    }
  } else {
    judge(node);
  }
}
