section .bss
    line resb 100

section .text
    global _start
_start:
    mov eax, 0
    mov edi, 0
    mov rsi, line
    mov edx, 100
    syscall
    mov edx, eax
    mov eax, 1
    mov edi, 1
    mov rsi, line
    syscall
    mov eax, 60
    mov edi, 0
    syscall
