"""How people say what they are called, in each language."""

INTRODUCTIONS = (
    r"jag heter|mitt namn är|my name is|i am called|اسمي|انا اسمي|نام من|اسم من|"
    r"magacaygu waa|magaceygu waa|ስመይ|мене звати|меня зовут|мое имя|adım|benim adım|ismim|"
    r"nazywam się|mam na imię|me llamo|mi nombre es|je m'appelle|mon nom est|nimeni on|"
    r"minun nimeni on|olen nimeltäni"
)
"""Alternatives of a pattern; the name comes after them."""
