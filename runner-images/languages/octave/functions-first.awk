# Prints the line number of the first function if an Octave program begins with a function and also contains commands.
# For other programs, prints nothing.
#
# The script removes strings, comments and bracketed text from each line. Some of the remaining words open and close
# blocks.
function bare(line,    i, c, before, quote, brackets, text) {
    for (i = 1; i <= length(line); i++) {
        c = substr(line, i, 1)
        if (quote != "") {
            if (c == "\\" && quote == "\"") i++
            else if (c == quote) quote = ""
        } else if (c == "\"" || (c == "'" && before !~ /[[:alnum:]_)\]}.']/)) quote = c
        else if (c == "%" || c == "#") break
        else if (c ~ /[([{]/) brackets++
        else if (c ~ /[])}]/) brackets--
        else if (brackets <= 0) text = text c
        before = c
    }
    return text
}
/^[ \t]*[%#]\{[ \t]*$/ { comment++ }
comment > 0 { if ($0 ~ /^[ \t]*[%#]\}[ \t]*$/) comment--; next }
{
    count = split(bare($0), words, /[^[:alnum:]_.]+/)
    for (i = 1; i <= count; i++) {
        word = words[i]
        if (word == "") continue
        if (first == 0) {
            if (word != "function") exit
            first = NR
        }
        if (word ~ /^(function|if|for|parfor|while|do|switch|try|unwind_protect)$/) {
            if (depth == 0 && word != "function") commands = 1
            depth++
        } else if (word ~ /^(end|endfunction|endif|endfor|endparfor|endwhile|until|endswitch|end_try_catch|end_unwind_protect)$/) depth--
        else if (depth == 0) commands = 1
    }
}
END { if (commands) print first }
