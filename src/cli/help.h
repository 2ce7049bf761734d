/* SPDX-License-Identifier: Apache-2.0 */
/* The help of every command, in English and Chinese. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

typedef struct cli_page {
    const char *command;
    const char *line[2]; /* in the list of commands */
    const char *text[2]; /* its own page */
} cli_page;

static const char *const EXITS[2] = {
    "Exit: 0 answered, 1 the case (or rows of a batch) cannot be read, 2 usage, 3 the policy is "
    "invalid, 4 other\n",
    "退出码：0 已答复，1 案例（或批量中的某些行）无法读取，2 用法错误，3 政策文件有误，4 其他\n"};

#define POLICY_EN                                                                                  \
    "  --policy PATH            add policy files or a folder; may be repeated\n"                   \
    "  --amend FILE             add an amendment; in the order given\n"                            \
    "  --let 'NAME[KEYS]=VALUE' set a parameter or option for this run; the answer lists it\n"     \
    "  --no-embedded            without the embedded policies\n"
#define POLICY_ZH                                                                                  \
    "  --policy 路径            增加政策文件或目录，可重复\n"                       \
    "  --amend 文件             增加修订，按先后次序\n"                                \
    "  --let '名称[键]=值'      本次运行改用此值，答复中列明\n"                  \
    "  --no-embedded            不用内置政策\n"

static const cli_page PAGES[] = {
    {"eval",
     {"  civicrules eval MODULE[,MODULE...] --on DATE [options] [CASE.json|-]   decide one case",
      "  civicrules eval 模块[,模块…] --on 日期 [选项] [案例.json|-]   计算一个家庭的待遇"},
     {"civicrules eval MODULE[,MODULE...] --on DATE [options] [CASE.json|-]\n"
      "Decides one case and says why. Without a file the case is read from standard input.\n"
      "  --on DATE                the date decided for\n"
      "  --outputs a,b            only these outputs: dibao.amount,dibao.eligible\n"
      "  --known DATE             leave out facts and rows recorded later\n"
      "  --explain                with the reasons: conditions, numbers, rows and documents\n"
      "  --presume                take ordinary facts for granted where the pack says so; they are "
      "listed\n"
      "  --strict                 rows after the day to which they are confirmed are no data\n"
      "  --format json|text|markdown   --lang zh|en\n" POLICY_EN
      "Example: civicrules eval dibao --on 2023-05-10 --presume --explain --format text "
      "family.json\n",
      "civicrules eval 模块[,模块…] --on 日期 [选项] [案例.json|-]\n"
      "计算一个案例并说明理由。不给文件时从标准输入读取案例。\n"
      "  --on 日期                决定日期\n"
      "  --outputs a,b            只要这些输出：dibao.amount,dibao.eligible\n"
      "  --known 日期             只采用当日已登记的事实和标准\n"
      "  --explain                附说明：条件、数字、所用标准与文件\n"
      "  --presume                采用政策声明的推定，答复中列明\n"
      "  --strict                 超过确认日期的标准视为无数据\n"
      "  --format json|text|markdown   --lang zh|en\n" POLICY_ZH
      "例：civicrules eval dibao --on 2023-05-10 --presume --explain --format text --lang zh "
      "family.json\n"}},
    {"batch",
     {"  civicrules batch MODULE[,MODULE...] --on DATE INPUT... -o OUTPUT   files of many "
      "households",
      "  civicrules batch 模块[,模块…] --on 日期 输入… -o 输出   成批计算"},
     {"civicrules batch MODULE[,MODULE...] --on DATE|--on-column NAME [options] INPUT... -o "
      "OUTPUT\n"
      "Decides all households of a file. Inputs are CSV files (households first, then a file for "
      "each list,\n"
      "as LIST=FILE where its names do not tell which) or one file of JSON Lines, a case in each "
      "line.\n"
      "Names of columns are fields, `FIELD_fen`, or Chinese labels; an empty cell is not stated, "
      "`?` "
      "is unknown.\n"
      "  --on DATE                the date decided for\n"
      "  --on-column NAME         a column of the households with a date for each\n"
      "  -o OUTPUT                .csv (children beside it: OUT.members.csv) or .jsonl; - = "
      "standard "
      "output\n"
      "  --format csv|jsonl       where the name of OUTPUT does not say it\n"
      "  --key NAME|ROOT=CHILD    columns of keys; else id or household_id, and household_id\n"
      "  --outputs a,b            only these outputs\n"
      "  --causes                 what answers that are not known hang on\n"
      "  --pass-through           columns that are no fields are kept, no error\n"
      "  --encoding NAME          else a mark, UTF-8, or GB18030; which one is said\n"
      "  --threads N              for CSV\n"
      "  --progress               shown on a terminal anyway\n"
      "  --presume   --strict   --lang zh|en\n" POLICY_EN
      "Rows that cannot be read are flagged and kept; OUT.errors.csv has all findings. Sums and "
      "counts stand\n"
      "in the summary on standard error. Exit 1: some rows cannot be read, the rest was written.\n"
      "Example: civicrules batch dibao --on 2023-05-10 --presume households.csv members.csv -o "
      "answers.csv\n",
      "civicrules batch 模块[,模块…] --on 日期|--on-column 列名 [选项] 输入… -o 输出\n"
      "计算文件中的全部家庭。输入为 CSV（先是家庭，其后每个列表一个文件，看不出是哪个列表时写 "
      "列表=文件），\n"
      "或一个 JSON Lines 文件（每行一个案例）。列名为字段名、“字段_fen”或中文名称；空格表示未填，? "
      "表示未知。\n"
      "  --on 日期                决定日期\n"
      "  --on-column 列名         家庭文件中的日期列，每户各自的日期\n"
      "  -o 输出                  .csv（成员另存 OUT.members.csv）或 .jsonl；- 为标准输出\n"
      "  --format csv|jsonl       输出文件名看不出格式时\n"
      "  --key 列名|家庭列=成员列 户编号所在列；默认 id 或 household_id、户编号\n"
      "  --outputs a,b            只要这些输出\n"
      "  --causes                 未能得出的结果取决于什么\n"
      "  --pass-through           保留不是字段的列\n"
      "  --encoding 名称          默认按标记、UTF-8、GB18030 识别，并说明\n"
      "  --threads N              用于 CSV\n"
      "  --progress               终端上总会显示\n"
      "  --presume   --strict   --lang zh|en\n" POLICY_ZH
      "不能读取的行会标明并保留；全部问题见 OUT.errors.csv。合计与计数在标准错误输出的小结中。\n"
      "退出码 1：部分行不能读取，其余已写出。\n"
      "例：civicrules batch dibao --on 2023-05-10 --presume --lang zh 家庭.csv 成员.csv -o "
      "结果.csv\n"}},
    {"timeline",
     {"  civicrules timeline MODULE[,MODULE...] --from MONTH --to MONTH [options] [CASE.json|-]   "
      "month by month",
      "  civicrules timeline 模块[,模块…] --from 月 --to 月 [选项] [案例.json|-]   逐月计算"},
     {"civicrules timeline MODULE[,MODULE...] --from MONTH --to MONTH [options] [CASE.json|-]\n"
      "Decides every month for its last day: changes, totals, arrears.\n"
      "  --from MONTH --to MONTH  YYYY-MM\n"
      "  --paid FILE              what was paid, to tell arrears and overpayment:\n"
      "                           {\"dibao.amount\": {\"2023-01\": \"1422.00\"}}\n"
      "  --known DATE             leave out facts and rows recorded later\n"
      "  --outputs a,b   --presume   --strict   --format json|text   --lang zh|en\n" POLICY_EN
      "Example: civicrules timeline dibao --from 2023-01 --to 2023-12 --presume family.json\n",
      "civicrules timeline 模块[,模块…] --from 月 --to 月 [选项] [案例.json|-]\n"
      "逐月计算，以每月末日为准：变动、合计、补发。\n"
      "  --from 月 --to 月        YYYY-MM\n"
      "  --paid 文件              已发放的金额，用以计算欠发与多发：\n"
      "                           {\"dibao.amount\": {\"2023-01\": \"1422.00\"}}\n"
      "  --known 日期             只采用当日已登记的事实和标准\n"
      "  --outputs a,b   --presume   --strict   --format json|text   --lang zh|en\n" POLICY_ZH
      "例：civicrules timeline dibao --from 2023-01 --to 2023-12 --presume family.json\n"}},
    {"check",
     {"  civicrules check [PATH...]      check policy files on top of the embedded ones",
      "  civicrules check [路径…]        检查政策文件"},
     {"civicrules check [PATH...]\n"
      "Checks policy files and folders on top of the embedded policies: every finding with its "
      "place,\n"
      "number and what is expected. Without a path, the embedded policies alone.\n"
      "  --amend FILE   --no-embedded   --lang zh|en\n"
      "Example: civicrules check my_pack.civ\n",
      "civicrules check [路径…]\n"
      "在内置政策之上检查政策文件或目录：一次列出全部问题的位置、编号与应有的写法。不给路径时只检查"
      "内置政策。\n"
      "  --amend 文件   --no-embedded   --lang zh|en\n"
      "例：civicrules check --lang zh my_pack.civ\n"}},
    {"test",
     {"  civicrules test [PATH...]       run the examples of policy files",
      "  civicrules test [路径…]         运行政策文件中的示例"},
     {"civicrules test [PATH...]\n"
      "Runs the `example` blocks of files and folders; tells which rules, lines and rows no "
      "example reaches.\n"
      "  --policy PATH   --amend FILE   --no-embedded   --lang zh|en\n"
      "Example: civicrules test src/policies\n",
      "civicrules test [路径…]\n"
      "运行文件和目录中的 example，并列出没有示例用到的规则、行与参数行。\n"
      "  --policy 路径   --amend 文件   --no-embedded   --lang zh|en\n"
      "例：civicrules test src/policies\n"}},
    {"fmt",
     {"  civicrules fmt [--check] [-w] FILE...  canonical layout",
      "  civicrules fmt [--check] [-w] 文件…  统一排版"},
     {"civicrules fmt [--check] [-w] FILE...\n"
      "Prints policy files in the one canonical layout.\n"
      "  -w                       write the files instead\n"
      "  --check                  only tell which files would change; exit 1 if any\n"
      "Example: civicrules fmt -w my_pack.civ\n",
      "civicrules fmt [--check] [-w] 文件…\n"
      "按统一的格式排版政策文件。\n"
      "  -w                       写回文件\n"
      "  --check                  只列出需要改动的文件；有则退出码为 1\n"
      "例：civicrules fmt -w my_pack.civ\n"}},
    {"describe",
     {"  civicrules describe MODULE      inputs and outputs (--format text|json-schema)",
      "  civicrules describe 模块        列出输入与输出（--format text|json-schema）"},
     {"civicrules describe MODULE [--format text|json-schema] [--lang zh|en]\n"
      "What a module reads (names, units, codes, defaults), what it gives, and the documents it "
      "rests on;\n"
      "as text, or as a JSON schema of the case.\n"
      "  --policy PATH   --amend FILE   --no-embedded\n"
      "Example: civicrules describe dibao --format json-schema\n",
      "civicrules describe 模块 [--format text|json-schema] [--lang zh|en]\n"
      "列出模块读取的输入（名称、单位、代码、缺省值）、给出的输出和所依据的文件；文本，或案例的 "
      "JSON schema。\n"
      "  --policy 路径   --amend 文件   --no-embedded\n"
      "例：civicrules describe dibao --format json-schema\n"}},
    {"render",
     {"  civicrules render MODULE        the rules as numbered sentences",
      "  civicrules render 模块          把规则写成句子"},
     {"civicrules render MODULE [--lang zh|en]\n"
      "The rules of a module as numbered sentences, with the words that explanations use.\n"
      "  --policy PATH   --amend FILE   --no-embedded\n"
      "Example: civicrules render dibao --lang zh\n",
      "civicrules render 模块 [--lang zh|en]\n"
      "把模块的规则写成编号的句子，用语与说明一致。\n"
      "  --policy 路径   --amend 文件   --no-embedded\n"
      "例：civicrules render dibao --lang zh\n"}},
    {"list",
     {"  civicrules list                 the modules",
      "  civicrules list                 列出模块"},
     {"civicrules list [--policy PATH] [--no-embedded] [--lang zh|en]\nThe modules, with their "
      "names.\n",
      "civicrules list [--policy 路径] [--no-embedded] [--lang zh|en]\n列出模块及其名称。\n"}},
};

#endif
