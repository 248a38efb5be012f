"""Every reason for which a whole file or a single row is not taken, in both languages."""

from __future__ import annotations

from lakmus.history.failures import BadInput
from lakmus.history.wording import Wording

KEPT_RU, KEPT_EN = "Ничего не загружено и ничего не потеряно.", "Nothing was imported and nothing was lost."

FILE_REFUSALS: dict[str, Wording] = {
    "not_found": Wording("файла нет на месте. Проверьте путь.", "the file is not there. Check the path."),
    "not_a_file": Wording("это папка, а не файл. Выберите файлы внутри неё.", "this is a folder, not a file. Choose the files inside it."),
    "not_readable": Wording("файл не открывается. Проверьте права на него.", "the file cannot be opened. Check its permissions."),
    "empty": Wording("файл пуст. Выгрузите его ещё раз.", "the file is empty. Export it again."),
    "header_only": Wording(
        "в файле только заголовок, строк с записями нет. Выгрузите его за другой период.",
        "the file holds a header and no records. Export it for another period.",
    ),
    "binary": Wording(
        "это не таблица, а двоичный файл. Подойдут CSV, XLSX, Parquet, JSON Lines или ZIP с ними.",
        "this is a binary file, not a table. CSV, XLSX, Parquet, JSON Lines or a ZIP of these will do.",
    ),
    "markup": Wording(
        "это страница HTML или файл XML, а не таблица. Сохраните таблицу как CSV или XLSX.",
        "this is an HTML page or an XML file, not a table. Save the table as CSV or XLSX.",
    ),
    "unknown_archive": Wording(
        "такой архив мы не открываем. Перепакуйте файлы в ZIP или приложите их сами.",
        "this kind of archive is not opened here. Pack the files as ZIP or attach them as they are.",
    ),
    "password": Wording(
        "файл закрыт паролем. Снимите пароль и сохраните файл ещё раз.",
        "the file is protected by a password. Remove the password and save it again.",
    ),
    "damaged": Wording(
        "файл повреждён или сохранён не до конца. Выгрузите или скопируйте его ещё раз.",
        "the file is damaged or was cut short. Export or copy it again.",
    ),
    "archive_too_large": Wording(
        "содержимое архива слишком велико для распаковки. Приложите файлы без архива или частями.",
        "the archive unpacks into too much. Attach the files without the archive, or in parts.",
    ),
    "archive_bomb": Wording(
        "архив сжат так сильно, что похож на ловушку для программ. Приложите файлы без архива.",
        "the archive is packed so tightly that it looks like a trap for programs. Attach the files without the archive.",
    ),
    "archive_too_many": Wording(
        "в архиве слишком много файлов. Оставьте не больше {limit}.", "the archive holds too many files. Keep at most {limit}."
    ),
    "archive_path": Wording(
        "в архиве есть файл с путём за пределы папки («{found}»). Соберите архив заново.",
        "the archive holds a file whose path leads out of its folder (“{found}”). Pack it anew.",
    ),
    "archive_nested": Wording(
        "внутри архива лежит другой архив («{found}»). Распакуйте его и приложите файлы.",
        "another archive lies inside the archive (“{found}”). Unpack it and attach the files.",
    ),
    "archive_empty": Wording("в архиве нет файлов с таблицами.", "the archive holds no tables."),
    "line_too_long": Wording(
        "строка длиннее {limit} МБ: это не таблица или потерян перевод строки. Выгрузите файл ещё раз.",
        "a line is longer than {limit} MB: this is no table, or line breaks were lost. Export the file again.",
    ),
    "too_many_columns": Wording(
        "в файле {found} столбцов, а читаем мы не больше {limit}. Оставьте нужные столбцы.",
        "the file has {found} columns and at most {limit} are read. Keep the columns that matter.",
    ),
    "one_column": Wording(
        "в файле только один столбец: записи не разделены ни запятой, ни точкой с запятой, ни табуляцией.",
        "the file has a single column: its cells are parted neither by comma, nor semicolon, nor tab.",
    ),
    "broken_quotes": Wording(
        "в файле нарушены кавычки: открытая кавычка не закрыта (около строки {line}). Выгрузите файл ещё раз.",
        "the quotes of the file are broken: an opened one is never closed (near line {line}). Export the file again.",
    ),
    "uneven_rows": Wording(
        "в строках файла разное число ячеек, таблица не складывается. Проверьте разделитель и выгрузите файл ещё раз.",
        "the rows of the file differ in their number of cells and make no table. Check the delimiter and export it again.",
    ),
    "unknown_encoding": Wording(
        "не удалось понять кодировку файла. Сохраните его в UTF-8.", "the encoding of the file is not clear. Save it as UTF-8."
    ),
    "not_json_lines": Wording(
        "это JSON, но не таблица: нужен один объект в каждой строке.", "this is JSON but no table: one object per line is needed."
    ),
    "unknown_kind": Wording(
        "не удалось понять, что в файле: заказы, обращения, отзывы или другое. Укажите вид файла.",
        "it is not clear what the file holds: orders, cases, reviews or something else. Say which kind it is.",
    ),
    "ambiguous_kind": Wording(
        "файл похож и на «{first}», и на «{second}». Укажите вид файла.",
        "the file looks like “{first}” and like “{second}”. Say which kind it is.",
    ),
    "no_such_kind": Wording("вида файла «{found}» нет. Есть: {known}.", "there is no kind of file called “{found}”. There are: {known}."),
    "missing_column": Wording(
        "нет столбца «{field}» (вид файла: {kind}) — укажите его среди столбцов или выберите другой вид файла.",
        "there is no column “{field}” (kind of file: {kind}): point to it among the columns or choose another kind.",
    ),
    "no_dates": Wording(
        "нет столбца с датой (вид файла: {kind}). Укажите его, а если дат в файле нет, выгрузите их: без дат нет истории клиентов.",
        "there is no column with the date (kind of file: {kind}). Point to it, or export the dates as well: no dates, no history.",
    ),
    "duplicate_field": Wording(
        "на «{field}» указывают сразу два столбца: {columns}. Оставьте один.",
        "two columns feed “{field}”: {columns}. Keep one of them.",
    ),
    "unknown_field": Wording("поля «{field}» нет.", "there is no field “{field}”."),
    "unknown_column": Wording(
        "в файле нет столбца «{column}», указанного в разметке.", "the file has no column “{column}”, which the mapping names."
    ),
    "contradicting_dates": Wording(
        "в столбце «{column}» даты записаны двояко: и день/месяц, и месяц/день. Приведите их к одному виду.",
        "the dates of column “{column}” are written both day/month and month/day. Bring them to one form.",
    ),
    "no_usable_rows": Wording(
        "ни одной строки загрузить нельзя. Чаще всего: {reason}", "not one row can be imported. Most often: {reason}"
    ),
    "changed": Wording(
        "файл изменился после просмотра. Откройте его заново.", "the file has changed since it was looked at. Open it again."
    ),
    "no_files": Wording("не выбрано ни одного файла.", "no file was chosen."),
    "only_reference": Wording(
        "среди файлов нет ни одного с событиями: только справочники.", "none of the files holds activities: only reference lists."
    ),
}

ROW_REFUSALS: dict[str, Wording] = {
    "too_few_cells": Wording("в строке не хватает ячеек", "the row has too few cells"),
    "too_many_cells": Wording("в строке лишние ячейки", "the row has too many cells"),
    "broken_row": Wording("строку нельзя разобрать: нарушены кавычки", "the row cannot be taken apart: its quotes are broken"),
    "wrong_encoding": Wording("в строке испорчена кодировка", "the encoding of the row is damaged"),
    "empty_row": Wording("строка пуста или не читается", "the row is empty or cannot be read"),
    "total_row": Wording("строка итогов", "a row of totals"),
    "missing_date": Wording("нет даты: «{column}»", "the date is missing: “{column}”"),
    "bad_date": Wording("не дата: «{column}»", "not a date: “{column}”"),
    "impossible_date": Wording("такой даты быть не может: «{column}»", "an impossible date: “{column}”"),
    "future_date": Wording("дата в будущем: «{column}»", "a date in the future: “{column}”"),
    "bad_number": Wording("не число: «{column}»", "not a number: “{column}”"),
    "enormous_number": Wording("число слишком велико: «{column}»", "the number is too large: “{column}”"),
    "stars_out_of_range": Wording("оценка вне пределов: «{column}»", "the rating is out of range: “{column}”"),
    "missing_key": Wording("нет номера: «{column}»", "the number is missing: “{column}”"),
    "nobody": Wording("не указан ни клиент, ни заказ, ни обращение", "neither customer, nor order, nor case is given"),
    "unknown_author": Wording("непонятно, кто написал: «{column}»", "it is not clear who wrote it: “{column}”"),
    "unknown_operation": Wording("непонятная операция: «{column}»", "an unknown operation: “{column}”"),
    "unknown_order": Wording(
        "нет даты: заказа с этим номером нет ни среди файлов, ни в загруженном",
        "no date: the order of this number is neither among the files nor imported before",
    ),
    "unknown_case": Wording("нет обращения с этим номером", "there is no case of this number"),
    "nothing_said": Wording("в строке нет ничего, кроме номера", "the row says nothing but a number"),
    "forgotten": Wording("клиента попросили забыть, его строки не загружаются", "the customer was forgotten; their rows are not imported"),
    "unknown_activity": Wording("такого вида события нет: «{column}»", "there is no such kind of activity: “{column}”"),
}


def refusal(code: str, name: str = "", **parts: object) -> BadInput:
    """Return the error that refuses the file `name` for the reason `code`, both texts complete."""
    reason = FILE_REFUSALS[code].filled(**parts)
    start_ru, start_en = (f"«{name}»: ", f"“{name}”: ") if name else ("", "")
    return BadInput(code, Wording(f"{start_ru}{reason.ru} {KEPT_RU}", f"{start_en}{reason.en} {KEPT_EN}"))


def row_reason(code: str, column: str = "") -> Wording:
    """Return why a row was not taken."""
    wording = ROW_REFUSALS[code]
    return Wording(wording.ru.replace("{column}", column), wording.en.replace("{column}", column))


def row_reason_title(code: str) -> Wording:
    """Return why rows were not taken, without the column, which differs from row to row."""
    title = ROW_REFUSALS.get(code, Wording(code, code))
    return Wording(title.ru.replace(": «{column}»", ""), title.en.replace(": “{column}”", ""))
