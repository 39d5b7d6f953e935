/* Another program that has a file: houd HOW FILE SECONDS. Says so once it has, and lets go afterwards.
 *   lees   open for reading, and others may read: a workbook in Excel
 *   dicht  others may do nothing
 *   slot   locked, as a second uitvraag does with its outbox
 */
#include <windows.h>
#include <stdio.h>

int wmain(int argc, wchar_t **argv) {
    DWORD share;
    HANDLE file;
    if (argc != 4) return 87;
    share = *argv[1] == L'l' ? FILE_SHARE_READ : *argv[1] == L's' ? FILE_SHARE_READ | FILE_SHARE_WRITE : 0;
    file = CreateFileW(argv[2], GENERIC_READ, share, NULL, OPEN_EXISTING, 0, NULL);
    if (file == INVALID_HANDLE_VALUE) return 1;
    if (*argv[1] == L's' && !LockFile(file, 0, 0, MAXDWORD, MAXDWORD)) return 2;
    puts("ja");
    fflush(stdout);
    Sleep(_wtoi(argv[3]) * 1000);
    return 0;
}
