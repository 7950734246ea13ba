    extern printf
    global main

section .rodata
    format db "6 * 7 = %d", 10, 0

section .text
main:
    push rbp
    mov rdi, format
    mov esi, 6 * 7
    xor eax, eax
    call printf
    pop rbp
    xor eax, eax
    ret
